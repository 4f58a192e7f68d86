/** Challenges: created for any passkey or for one identity, and approved once by an assertion. */
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { fromText, toBytes } from '../contract/bytes.ts';
import { ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import type { AuthenticationCredential } from '../contract/credential.ts';
import { sidOf } from '../contract/identifier.ts';
import { demandIdentity, readFields } from './body.ts';
import { readCredential } from './credential.ts';
import { Refusal } from './refusal.ts';
import { relyingPartyOf, type Service } from './service.ts';
import {
  type Challenge,
  createSid,
  type Factor,
  findOwner,
  loadChallenge,
  loadEntity,
  loadFactor,
  loadFactors,
  saveChallenge,
  saveFactor,
  toDate,
} from './state.ts';

/** POST Passkeys/Challenges. Assumptions: challenge-begun, challenge-unnamed, challenge-named */
export async function createChallenge(service: Service, body: unknown): Promise<unknown> {
  const { identity, factor_sid: factorSid } = readFields(body);
  relyingPartyOf(service);
  const whose =
    identity === undefined || identity === '' ? undefined : await findWhose(service, identity, factorSid);
  const challenge: Challenge = {
    sid: createSid('YC'),
    identity: whose?.identity ?? '',
    entitySid: whose?.entitySid ?? '',
    factorSid: whose?.factorSid ?? '',
    status: 'pending',
    created: service.now(),
    responded: null,
    allowed: whose?.allowed ?? [],
    userVerification: service.criteria.user_verification ?? 'preferred',
  };
  await saveChallenge(service, challenge);
  return present(service, challenge);
}

async function findWhose(service: Service, identity: unknown, factorSid: unknown) {
  demandIdentity(identity);
  const entity = await loadEntity(service, identity);
  if (!entity) throw new Refusal(60392, 'Entity not found'); // Assumption: unknown-identity
  let factors = (await loadFactors(service, entity)).filter(({ type }) => !type);
  if (factorSid !== undefined && factorSid !== '') {
    if (typeof factorSid !== 'string' || !sidOf('YF').test(factorSid))
      throw new Refusal(60362, 'Factor SID invalid');
    factors = factors.filter(({ sid }) => sid === factorSid);
  }
  const [first] = factors;
  if (!first) throw new Refusal(60390, 'Factor not found');
  const allowed = factors.flatMap(({ credential }) => credential ?? []);
  if (allowed.length === 0) throw new Refusal(60318, 'Factor is unverified');
  return { identity, entitySid: entity.sid, factorSid: factorSid ? first.sid : '', allowed };
}

/** POST Passkeys/ApproveChallenge. Assumptions: approved, user-handle-absent, approve-unverified-user */
export async function approveChallenge(service: Service, body: unknown): Promise<unknown> {
  const { credential, found: challenge } = await readCredential(
    'authenticate',
    service,
    body,
    (sid) => loadChallenge(service, sid),
    () => relyingPartyOf(service),
  );
  const { factor, passkey } = await findSigner(service, credential.id, challenge);
  const counter = await verifySignature(service, credential, challenge, passkey);
  const { userHandle } = credential.response;
  if (userHandle !== undefined && readSid('YE', userHandle) !== factor.entitySid) {
    throw new Refusal(60324, 'Challenge verification failed: userHandle is of another Entity');
  }
  // Assumption: second-approval
  if (challenge.status === 'approved') throw new Refusal(60322, 'Challenge has been responded to already');
  if (service.now() - challenge.created > ceremonies.authenticate.lifetime) {
    throw new Refusal(60323, 'Challenge has expired'); // Assumption: expired-challenge
  }
  // A counter that does not grow is a sign of a cloned authenticator. 0 means that the authenticator has no counter.
  // https://www.w3.org/TR/webauthn-3/#sctn-sign-counter
  if ((counter > 0 || passkey.counter > 0) && counter <= passkey.counter) {
    throw new Refusal(60324, 'Challenge verification failed: the signature counter did not grow');
  }
  const now = service.now();
  const approved: Challenge = { ...challenge, status: 'approved', responded: now };
  await saveFactor(service, { ...factor, credential: { ...passkey, counter }, approved: now });
  await saveChallenge(service, approved);
  // Twilio's samples give these for a discoverable Challenge too; its OpenAPI example leaves them empty.
  // Assumptions: approved-names, approved-named
  const { identity, entitySid, sid: factorSid } = factor;
  return present(service, service.published ? approved : { ...approved, identity, entitySid, factorSid });
}

type Passkey = NonNullable<Factor['credential']>;

async function findSigner(
  service: Service,
  credentialId: string,
  challenge: Challenge,
): Promise<{ factor: Factor; passkey: Passkey }> {
  const factorSid = await findOwner(service, credentialId);
  const factor = factorSid ? await loadFactor(service, factorSid) : undefined;
  const meant = challenge.allowed.length === 0 || challenge.allowed.some(({ id }) => id === credentialId);
  // Assumption: unknown-passkey
  if (!factor?.credential || !meant) throw new Refusal(60390, 'Factor not found');
  return { factor, passkey: factor.credential };
}

async function verifySignature(
  service: Service,
  credential: AuthenticationCredential,
  challenge: Challenge,
  { id, publicKey }: Passkey,
) {
  const { id: rpId, origins } = relyingPartyOf(service);
  const { clientDataJSON, authenticatorData, signature } = credential.response;
  const response = { clientDataJSON, authenticatorData, signature };
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: { ...credential, response, clientExtensionResults: {} },
    expectedChallenge: fromText(challenge.sid),
    expectedOrigin: origins,
    expectedRPID: rpId,
    expectedTopOrigin: [...service.topOrigins],
    requireUserVerification: challenge.userVerification === 'required',
    // approveChallenge judges the counter after the status, to tell a replay from a clone.
    credential: { id, publicKey: toBytes(publicKey), counter: 0 },
  }).catch((error: Error) => {
    throw new Refusal(60324, `Challenge verification failed: ${error.message}`);
  });
  // Assumption: wrong-signature
  if (!verified) throw new Refusal(60324, 'Challenge verification failed: the signature is not valid');
  return authenticationInfo.newCounter;
}

/**
 * The Challenge as Verify returns it, with every field. Fields without a value are null, except for the identity and
 * the SIDs of the Entity and the Factor, which are empty instead.
 */
function present(service: Service, challenge: Challenge) {
  const expires = challenge.created + ceremonies.authenticate.lifetime;
  const route = challenge.status === 'pending' ? 'Challenges' : 'ApproveChallenge';
  return {
    sid: challenge.sid,
    account_sid: service.accountSid,
    service_sid: service.sid,
    entity_sid: challenge.entitySid,
    identity: challenge.identity,
    factor_sid: challenge.factorSid,
    date_created: toDate(challenge.created),
    date_updated: toDate(challenge.responded ?? challenge.created),
    date_responded: service.published ? null : toDate(challenge.responded),
    expiration_date: service.published ? null : toDate(expires),
    status: challenge.status,
    responded_reason: 'none',
    details: null,
    hidden_details: null,
    metadata: null,
    factor_type: 'passkeys',
    url: `https://verify.twilio.com/v2/Services/${service.sid}/Passkeys/${route}`,
    links: null,
    options: {
      publicKey: service.published
        ? publishedOptions(service, challenge)
        : requestOptions(service, challenge),
    },
  };
}

/**
 * Assumptions: request-wrapped, request-options, challenge-challenge, request-timeout, allow-none, allow-credentials
 */
function requestOptions(service: Service, { sid, allowed, userVerification }: Challenge) {
  return {
    challenge: fromText(sid),
    rpId: relyingPartyOf(service).id,
    allowCredentials: allowed.map(({ id, transports }) => ({ id, type: 'public-key', transports })),
    userVerification,
    timeout: ceremonies.authenticate.lifetime,
  };
}

/** Twilio's OpenAPI examples show creation options for a Challenge. */
function publishedOptions(service: Service, { sid, entitySid, userVerification }: Challenge) {
  const { id, name } = relyingPartyOf(service);
  return {
    rp: { id, name },
    user: { id: fromText(entitySid || sid), name: 'friendly_name', displayName: 'friendly_name' },
    challenge: fromText(sid),
    pubKeyCredParams: { type: 'public-key', alg: -7 },
    timeout: ceremonies.register.lifetime,
    excludeCredentials: [],
    authenticatorSelection: {
      authenticatorAttachment: 'platform',
      requireResidentKey: false,
      residentKey: 'preferred',
      userVerification,
    },
    attestation: 'none',
  };
}
