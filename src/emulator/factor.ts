/** Factors: created with creation options, and verified by an attestation. */
import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { fromBytes, fromText } from '../contract/bytes.ts';
import { ceremonies } from '../contract/ceremony.ts';
import { maxFriendlyName } from '../contract/name.ts';
import { type Criterion, criterionNames } from '../contract/service.ts';
import { demandIdentity, readFields } from './body.ts';
import { readCredential } from './credential.ts';
import { Refusal } from './refusal.ts';
import { demandRelyingParty, isChoice, type Service } from './service.ts';
import {
  createSid,
  day,
  type Factor,
  findOwner,
  loadEntity,
  loadFactor,
  loadFactors,
  saveFactor,
  toDate,
} from './state.ts';

const perDay = 100;

/** POST Passkeys/Factors. Assumptions: factor-begun, user-id, factor-challenge, exclude-none */
export async function createFactor(service: Service, body: unknown): Promise<unknown> {
  const { identity, friendly_name: friendlyName, config } = readFields(body);
  demandIdentity(identity);
  if (typeof friendlyName !== 'string' || friendlyName === '')
    throw new Refusal(60388, 'friendly_name is missing'); // Assumption: camel-case
  // Assumptions: friendly-name-limit, friendly-name-units, friendly-name-bytes
  if (friendlyName.length > maxFriendlyName)
    throw new Refusal(60300, `friendly_name is longer than ${maxFriendlyName} characters`);
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
    ...presentFactor(service, factor),
    binding: null,
    options: { publicKey: creationOptions(service, factor, exclude) },
  };
}

/** A `config` in the request replaces the Service's: what it lacks is not filled in from the Service. */
function readConfig(service: Service, config: unknown): Factor['config'] {
  const sent = config === undefined || config === null ? undefined : readFields(config, 60370);
  const criteria: Record<string, unknown> = sent ?? service.criteria;
  const missing = criterionNames.filter((criterion) => (criteria[criterion] ?? '') === '');
  if (missing.length > 0) throw new Refusal(60393, `Authenticator criteria missing: ${missing.join(', ')}`);
  const read = <C extends Criterion>(criterion: C) => {
    const value = criteria[criterion];
    if (isChoice(criterion, value)) return value;
    throw new Refusal(60370, `Factor config invalid: ${criterion}`);
  };
  const authenticator_attachment = read('authenticator_attachment');
  const discoverable_credentials = read('discoverable_credentials');
  const user_verification = read('user_verification');
  const relyingParty = sent?.relying_party ?? service.relyingParty;
  demandRelyingParty(relyingParty);
  const { id, name, origins } = relyingParty;
  return {
    relying_party: { id, name, origins },
    authenticator_attachment,
    discoverable_credentials,
    user_verification,
  };
}

/**
 * The algorithms that are offered and taken: ES256, and RS256 for Windows Hello. That Verify has RS256 is a guess.
 * Assumptions: algorithms-offered, rs256-taken, eddsa-taken
 */
const algorithms = [-7, -257];

/** Assumptions: creation-wrapped, creation-parameters, creation-timeout, user-name, exclude-credentials */
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

/** POST Passkeys/VerifyFactor. Assumptions: factor-verified, silent-registration, verify-unverified-user */
export async function verifyFactor(service: Service, body: unknown): Promise<unknown> {
  const { credential, found: factor } = await readCredential(
    'register',
    service,
    body,
    async (sid) => {
      const found = await loadFactor(service, sid);
      return found?.type ? undefined : found;
    },
    ({ config }) => config.relying_party,
  );
  const { relying_party, user_verification } = factor.config;
  const { clientDataJSON, attestationObject, transports = [] } = credential.response;
  const response = { clientDataJSON, attestationObject, transports };
  const { registrationInfo } = await verifyRegistrationResponse({
    response: { ...credential, response, clientExtensionResults: {} },
    expectedChallenge: fromText(factor.sid),
    expectedOrigin: relying_party.origins,
    expectedRPID: relying_party.id,
    requireUserPresence: !service.takesSilent,
    requireUserVerification: user_verification === 'required',
    supportedAlgorithmIDs: algorithms,
  }).catch((error: Error) => {
    throw new Refusal(60311, `Factor verification failed: ${error.message}`);
  });
  if (!registrationInfo) throw new Refusal(60311, 'Factor verification failed: the attestation is not valid');
  // Assumption: second-verify
  if (factor.status === 'verified')
    throw new Refusal(60383, 'Factor status does not allow this: it is verified already');
  if (service.now() - factor.created > ceremonies.register.lifetime) {
    throw new Refusal(60323, 'The options of this Factor have expired');
  }
  const { id, publicKey, counter } = registrationInfo.credential;
  if (await findOwner(service, id)) throw new Refusal(60317, 'A Factor of this passkey exists already');
  const verified: Factor = {
    ...factor,
    status: 'verified',
    updated: service.now(),
    credential: {
      id,
      publicKey: fromBytes(publicKey),
      counter,
      transports,
      aaguid: registrationInfo.aaguid,
    },
  };
  await saveFactor(service, verified);
  await service.storage.set(`credential:${id}`, factor.sid);
  return presentFactor(service, verified);
}

/** The Factor as Verify returns it, with every field. Fields without a value are null. */
export function presentFactor(service: Service, factor: Factor) {
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
    factor_type: factor.type ?? 'passkeys',
    config: factor.type ? {} : factor.config,
    metadata: presentMetadata(service, factor),
    url: `https://verify.twilio.com/v2/Services/${service.sid}/Entities/${factor.identity}/Factors/${factor.sid}`,
  };
}

/** Twilio's published examples have no metadata. Assumptions: metadata-form, date-last-approved */
function presentMetadata({ published }: Service, { credential, approved }: Factor) {
  if (published || !credential) return null;
  return { aaguid: credential.aaguid ?? null, date_last_approved: toDate(approved ?? null) };
}
