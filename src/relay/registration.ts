/** The two routes that create a passkey, both for the user of the app's own session. */

import { ceremonies } from '../contract/ceremony.ts';
import type { RegistrationCredential } from '../contract/credential.ts';
import { FactorAnswer } from '../contract/resource.ts';
import { reply } from './answer.ts';
import { beginCeremony, readFinished } from './ceremony.ts';
import type { CallContext } from './context.ts';
import type { PendingCeremony } from './cookie.ts';
import { findCeremony, findSaidAttachment, readCredential, readRegistrationFacts } from './credential.ts';
import { readName } from './friendly-name.ts';
import type { RouteCall } from './gate.ts';
import { demandUser } from './identity.ts';
import { rememberNewest } from './newest.ts';
import type { Owner } from './owners.ts';
import { Refusal } from './refusal.ts';
import { refusePasskey } from './refused-passkey.ts';
import { forgetIfUnregistered } from './removed-passkey.ts';
import type { Verify } from './verify.ts';

const { finish, done } = ceremonies.register;

/** POST Factors: the identity comes from the session. The page may choose only the passkey's nickname. */
export async function beginRegistration(
  context: CallContext,
  request: Request,
  { readBody }: RouteCall,
): Promise<Response> {
  const who = await demandUser(context.identify, request, 'register');
  const name = readName(await readBody());
  const friendly_name = name ?? (who.friendlyName || who.identity);
  return beginCeremony(context, request, 'register', who, { friendly_name });
}

/** POST VerifyFactor: the relay remembers the owner of the passkey after Verify has verified it. */
export async function finishRegistration(
  context: CallContext,
  request: Request,
  { readBody }: RouteCall,
): Promise<Response> {
  const body = await readBody();
  const ceremony = await findCeremony(context.cookies, request, 'register', body);
  const { identity } = await demandUser(context.identify, request, 'register');
  const credential = await readCredential(context, request, 'register', body);
  if (ceremony?.identity !== identity) throw new Refusal('ceremony_mismatch');
  const { sid } = ceremony;
  // An attestation of format "none" proves no possession, so a known id must not be registered again.
  const { id: credentialId } = credential;
  const owner = await context.owners.findOwner(credentialId);
  if (owner && (owner.identity !== identity || (owner.factorSid ?? sid) !== sid)) throw alreadyRegistered();
  if (owner?.isRefused) throw await refusePasskey(context, request, { credentialId, owner });
  if (!owner) await context.owners.demandDurable();
  const { factor, isAgain } = await rememberNewest(context.owners, ceremony, () =>
    verifyFactor(context, request, ceremony, credential),
  );
  const { friendly_name: friendlyName } = factor;
  // If the answer names no Entity, it is the one that the registration began with.
  const entitySid = factor.entity_sid ?? (ceremony.entitySid || undefined);
  // Verify does not say which credential verified its Factor. So if the first post was not remembered, the second must
  // not set an owner: the next sign-in learns the owner from Verify.
  const made = readRegistrationFacts(credential);
  const found = { identity, factorSid: sid, entitySid, aaguid: made.aaguid };
  const isTheirs = owner !== undefined || !isAgain;
  const keep = async (kept: Owner) => {
    if (!isTheirs) return;
    const holder = await context.owners.remember(credentialId, kept).catch(throwUncertain);
    if (holder.factorSid !== sid) throw alreadyRegistered();
    if (await forgetIfUnregistered(context, request, found)) throw removedMeanwhile(context, request, sid);
  };
  // Until the app has accepted it, the passkey is only claimed.
  if (context.onVerified) await keep({ ...found, isClaimed: true });
  const verified = {
    sid,
    identity,
    entitySid,
    friendlyName,
    credentialId,
    ...made,
    authenticatorAttachment: findSaidAttachment(request, body),
  };
  const headers = context.onVerified ? await context.onVerified(verified, request) : new Headers();
  if (headers === false) {
    throw await refusePasskey(context, request, { credentialId, owner: found, isTheirs });
  }
  await keep(found);
  headers.append(...context.cookies.clear(request, sid));
  return reply(200, factor, headers);
}

/**
 * Has Verify verify a Factor, even if the page leaves. If the answer is lost, or says that the Factor is verified
 * already, the Factor is read once. If it is verified, that is a success.
 */
async function verifyFactor(
  context: CallContext,
  request: Request,
  { sid, identity, entitySid }: PendingCeremony,
  credential: RegistrationCredential,
): Promise<{ factor: FactorAnswer; isAgain: boolean }> {
  const call = async (sent: Parameters<Verify>[1]) => {
    const factor = readFinished(
      FactorAnswer,
      sid,
      done,
      await context.verify(request, { ...sent, outlivesPage: true }),
    );
    const { entity_sid: entity = entitySid } = factor;
    const isAnothers = factor.identity !== identity || (entitySid !== '' && entity !== entitySid);
    if (isAnothers) throw new Refusal('verify_invalid_answer');
    return factor;
  };
  try {
    const path = `/Passkeys/${finish}`;
    const factor = await call({ method: 'POST', path, json: credential, isReadIfLost: true });
    return { factor, isAgain: false };
  } catch (error) {
    const isAgain = error instanceof Refusal && error.code === 60383;
    if (!isAgain && !isLost(error)) throw error;
    // The Factor may have been verified with another credential that signed the same challenge.
    const known = await context.owners.findCredentialId(sid).catch(throwUncertain);
    if (known !== undefined && known !== credential.id) throw error;
    const path = `/Entities/${identity}/Factors/${sid}`;
    const factor = await call({ method: 'GET', path }).catch(() => throwUncertain(error));
    return { factor, isAgain };
  }
}

/** Whether Verify may have acted in spite of the error. */
function isLost(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  const { code, details } = error;
  if (typeof code === 'number') return details.status !== undefined && details.status >= 500;
  return code === 'verify_timeout' || code === 'verify_unreachable' || code === 'verify_invalid_answer';
}

/** Refuses as `error` does, and says that the passkey may work anyway. */
function throwUncertain(error: unknown): never {
  if (!(error instanceof Refusal)) throw error;
  const message = 'It is not certain that the passkey was kept. It may work: try to sign in with it.';
  throw new Refusal(error.code, { ...error.details, message });
}

function removedMeanwhile({ cookies }: CallContext, request: Request, sid: string): Refusal {
  const message = 'This passkey was removed while it was being created.';
  return new Refusal('not_found', { message, headers: [cookies.clear(request, sid)] });
}

function alreadyRegistered(): Refusal {
  return new Refusal(60317, { message: 'This passkey exists already.', status: 409 });
}
