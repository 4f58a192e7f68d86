/** Factors: begun with creation options, verified by an attestation, then listed, renamed and deleted. */
import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { fromBytes, fromText } from '../contract/bytes.ts';
import { ceremonies } from '../contract/ceremony.ts';
import { identityPattern, sidOf } from '../contract/identifier.ts';
import { readCredential, readFields } from './credential.ts';
import { Refusal } from './refusal.ts';
import {
  attachments,
  type Criteria,
  createSid,
  isDomain,
  isRelyingParty,
  preferences,
  type RelyingParty,
  type Service,
  toDate,
} from './service.ts';

/** A Factor as it is stored; `credential` is there once it is verified. */
export type Factor = {
  sid: string;
  entitySid: string;
  identity: string;
  friendlyName: string;
  status: 'unverified' | 'verified';
  created: number;
  updated: number;
  config: Criteria & { relying_party: RelyingParty };
  credential?: { id: string; publicKey: string; counter: number; transports: string[] };
};

/** An Entity as it is stored: its Factors, and when each was made, for the limit of a day. */
export type Entity = { sid: string; factors: string[]; created: number[] };

const day = 86_400_000;
const perDay = 100;

export const loadFactor = async (service: Service, sid: string): Promise<Factor | undefined> => {
  const factor = (await service.storage.get(`factor:${sid}`)) as Factor | undefined;
  // Verify removes an unverified Factor after 1 to 24 hours.
  const gone = factor?.status === 'unverified' && service.now() - factor.created > day;
  return gone ? undefined : factor;
};

export const saveFactor = (service: Service, factor: Factor) =>
  service.storage.set(`factor:${factor.sid}`, factor);

export const loadEntity = async (service: Service, identity: string) =>
  (await service.storage.get(`entity:${identity}`)) as Entity | undefined;

/** POST Passkeys/Factors */
export async function createFactor(service: Service, body: unknown): Promise<unknown> {
  const { identity, friendly_name: friendlyName, config } = readFields(body);
  demandIdentity(identity);
  if (typeof friendlyName !== 'string' || friendlyName === '')
    throw new Refusal(60388, 'friendly_name is missing');
  if (friendlyName.length > 64) throw new Refusal(60300, 'friendly_name is longer than 64 characters');
  const now = service.now();
  const entity = (await loadEntity(service, identity)) ?? { sid: createSid('YE'), factors: [], created: [] };
  const created = entity.created.filter((time) => now - time < day);
  if (created.length >= perDay)
    throw new Refusal(60326, `More than ${perDay} factors for an entity in a day`);
  const factor: Factor = {
    sid: createSid('YF'),
    entitySid: entity.sid,
    identity,
    friendlyName,
    status: 'unverified',
    created: now,
    updated: now,
    config: readConfig(service, config),
  };
  const siblings = await loadFactors(service, entity);
  await saveFactor(service, factor);
  const factors = [...entity.factors, factor.sid];
  await service.storage.set(`entity:${identity}`, { ...entity, factors, created: [...created, now] });
  const exclude = siblings.flatMap(({ credential }) => credential ?? []);
  return {
    ...present(service, factor),
    binding: null,
    options: { publicKey: creationOptions(service, factor, exclude) },
  };
}

/** Whatever is sent as `config` stands alone: it is not topped up from the Service. */
function readConfig(service: Service, config: unknown): Factor['config'] {
  const sent = config === undefined || config === null ? undefined : readFields(config, 60370);
  const criteria: Record<string, unknown> = sent ?? service.criteria;
  const names = ['authenticator_attachment', 'discoverable_credentials', 'user_verification'] as const;
  const missing = names.filter((name) => criteria[name] === undefined || criteria[name] === '');
  if (missing.length > 0) throw new Refusal(60393, `Authenticator criteria missing: ${missing.join(', ')}`);
  const wrong = names.find((name, i) => !(i === 0 ? attachments : preferences).includes(criteria[name]));
  if (wrong) throw new Refusal(60370, `Factor config invalid: ${wrong}`);
  const relyingParty = sent?.relying_party ?? service.relyingParty;
  if (!isRelyingParty(relyingParty)) {
    const { id } = (relyingParty ?? {}) as { id?: unknown };
    if (id !== undefined && !isDomain(id))
      throw new Refusal(60372, 'Relying party id invalid: it is a bare domain');
    throw new Refusal(60371, 'Relying party invalid or missing');
  }
  const { id, name, origins } = relyingParty;
  const [authenticator_attachment, discoverable_credentials, user_verification] = names.map(
    (n) => criteria[n],
  );
  return {
    relying_party: { id, name, origins },
    ...({ authenticator_attachment, discoverable_credentials, user_verification } as Criteria),
  };
}

/** What Verify asks the authenticator for: ES256, and RS256 for Windows Hello. */
const algorithms = [-7, -257];

function creationOptions(service: Service, factor: Factor, exclude: { id: string; transports: string[] }[]) {
  const { relying_party, authenticator_attachment, discoverable_credentials, user_verification } =
    factor.config;
  const parameters = algorithms.map((alg) => ({ type: 'public-key', alg }));
  return {
    rp: { id: relying_party.id, name: relying_party.name },
    user: { id: fromText(factor.entitySid), name: factor.friendlyName, displayName: factor.friendlyName },
    challenge: fromText(factor.sid),
    pubKeyCredParams: service.published ? parameters[0] : parameters,
    timeout: ceremonies.register.lifetime,
    excludeCredentials: exclude.map(({ id, transports }) => ({ id, type: 'public-key', transports })),
    authenticatorSelection: {
      ...(authenticator_attachment !== 'any' && { authenticatorAttachment: authenticator_attachment }),
      requireResidentKey: discoverable_credentials === 'required',
      residentKey: discoverable_credentials,
      userVerification: user_verification,
    },
    attestation: 'none',
  };
}

/** POST Passkeys/VerifyFactor */
export async function verifyFactor(service: Service, body: unknown): Promise<unknown> {
  const { credential, found: factor } = await readCredential(
    'register',
    body,
    (sid) => loadFactor(service, sid),
    ({ config }) => config.relying_party,
  );
  const { relying_party, user_verification } = factor.config;
  const { transports = [], ...response } = credential.response;
  const { registrationInfo } = await verifyRegistrationResponse({
    response: { ...credential, response: { ...response, transports }, clientExtensionResults: {} },
    expectedChallenge: fromText(factor.sid),
    expectedOrigin: relying_party.origins,
    expectedRPID: relying_party.id,
    requireUserVerification: user_verification === 'required',
    supportedAlgorithmIDs: algorithms,
  }).catch((error: Error) => {
    throw new Refusal(60311, `Factor verification failed: ${error.message}`);
  });
  if (!registrationInfo)
    throw new Refusal(60311, 'Factor verification failed: the attestation does not hold');
  if (factor.status === 'verified')
    throw new Refusal(60383, 'Factor status does not allow this: it is verified already');
  if (service.now() - factor.created > ceremonies.register.lifetime) {
    throw new Refusal(60323, 'The options of this Factor have expired');
  }
  const { id, publicKey, counter } = registrationInfo.credential;
  if (await service.storage.get(`credential:${id}`))
    throw new Refusal(60317, 'A Factor of this passkey exists already');
  const verified: Factor = {
    ...factor,
    status: 'verified',
    updated: service.now(),
    credential: {
      id,
      publicKey: fromBytes(publicKey),
      counter,
      transports,
    },
  };
  await saveFactor(service, verified);
  await service.storage.set(`credential:${id}`, factor.sid);
  return present(service, verified);
}

/** GET Entities/{identity}/Factors */
export async function listFactors(service: Service, identity: string): Promise<unknown> {
  const entity = await loadEntity(service, identity);
  if (!entity) throw new Refusal(60392, 'Entity not found');
  const factors = (await loadFactors(service, entity)).map((factor) => present(service, factor));
  const url = `https://verify.twilio.com/v2/Services/${service.sid}/Entities/${identity}/Factors?PageSize=50&Page=0`;
  const meta = {
    page: 0,
    page_size: 50,
    first_page_url: url,
    previous_page_url: null,
    url,
    next_page_url: null,
  };
  return { factors, meta: { ...meta, key: 'factors' } };
}

export async function loadFactors(service: Service, { factors }: Entity): Promise<Factor[]> {
  const loaded = await Promise.all(factors.map((sid) => loadFactor(service, sid)));
  return loaded.filter((factor) => factor !== undefined);
}

/** GET Entities/{identity}/Factors/{sid} */
export async function readFactor(service: Service, identity: string, sid: string): Promise<unknown> {
  return present(service, await findFactor(service, identity, sid));
}

/** POST Entities/{identity}/Factors/{sid} */
export async function renameFactor(service: Service, identity: string, sid: string, form: URLSearchParams) {
  const factor = await findFactor(service, identity, sid);
  const friendlyName = form.get('FriendlyName') ?? factor.friendlyName;
  if (friendlyName === '' || friendlyName.length > 64)
    throw new Refusal(60200, 'FriendlyName takes 1 to 64 characters');
  const renamed = { ...factor, friendlyName, updated: service.now() };
  await saveFactor(service, renamed);
  return present(service, renamed);
}

/** DELETE Entities/{identity}/Factors/{sid} */
export async function deleteFactor(service: Service, identity: string, sid: string): Promise<undefined> {
  const factor = await findFactor(service, identity, sid);
  const entity = (await loadEntity(service, identity))!;
  await service.storage.set(`entity:${identity}`, {
    ...entity,
    factors: entity.factors.filter((other) => other !== sid),
  });
  if (factor.credential) await service.storage.delete(`credential:${factor.credential.id}`);
  await service.storage.delete(`factor:${sid}`);
}

async function findFactor(service: Service, identity: string, sid: string): Promise<Factor> {
  if (!sidOf('YF').test(sid)) throw new Refusal(60362, 'Factor SID invalid');
  const factor = await loadFactor(service, sid);
  if (!factor || factor.identity !== identity) throw new Refusal(60390, 'Factor not found');
  return factor;
}

/** The Factor as Verify prints it: every field there, those without a value null. */
function present(service: Service, factor: Factor) {
  return {
    sid: factor.sid,
    account_sid: service.accountSid,
    service_sid: service.sid,
    entity_sid: factor.entitySid,
    identity: factor.identity,
    date_created: toDate(factor.created),
    date_updated: toDate(factor.updated),
    friendly_name: factor.friendlyName,
    status: factor.status,
    factor_type: 'passkeys',
    config: factor.config,
    metadata: null,
    url: `https://verify.twilio.com/v2/Services/${service.sid}/Entities/${factor.identity}/Factors/${factor.sid}`,
  };
}

export function demandIdentity(identity: unknown): asserts identity is string {
  if (typeof identity !== 'string' || identity === '')
    throw new Refusal(60367, 'Entity identity invalid or missing');
  if (!identityPattern.test(identity)) {
    throw new Refusal(60420, 'identity takes 8 to 64 letters, digits and dashes');
  }
}
