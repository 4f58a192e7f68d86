/** The two routes of a sign-in. `sign-in-owner.ts` decides who signed in. */

import { ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { ChallengeAnswer } from '../contract/resource.ts';
import { reply } from './answer.ts';
import { beginCeremony, readFinished } from './ceremony.ts';
import type { Approval } from './config.ts';
import type { CallContext } from './context.ts';
import { findCeremony, findSaidAttachment, readCredential, readSignInFlags } from './credential.ts';
import type { RouteCall } from './gate.ts';
import { findUser, namesOf } from './identity.ts';
import { isNewest } from './newest.ts';
import type { Owner, Owners } from './owners.ts';
import { Refusal } from './refusal.ts';
import { refusePasskey } from './refused-passkey.ts';
import { forgetIfRemoved } from './removed-passkey.ts';
import { decideOwner, demandAgreement, refuseUser } from './sign-in-owner.ts';

const { finish, done } = ceremonies.authenticate;
const path = `/Passkeys/${finish}`;

/**
 * POST Challenges: does not read the body, since anybody may call it. With a signed-in user, only that user may sign in;
 * otherwise any user may.
 */
export async function beginAuthentication(context: CallContext, request: Request): Promise<Response> {
  const who = await findUser(context.identify, request, 'authenticate');
  return beginCeremony(context, request, 'authenticate', who);
}

/** POST ApproveChallenge */
export async function finishAuthentication(
  context: CallContext,
  request: Request,
  { readBody }: RouteCall,
): Promise<Response> {
  const body = await readBody();
  const ceremony = await findCeremony(context.cookies, request, 'authenticate', body);
  const credential = await readCredential(context, request, 'authenticate', body);
  if (!ceremony) throw new Refusal('ceremony_mismatch');
  const { sid, identity: askedFor } = ceremony;
  const { userHandle } = credential.response;
  const remembered = await context.owners.findOwner(credential.id);
  const evidence = { askedFor, handleEntity: userHandle && readSid('YE', userHandle), remembered };
  if (remembered?.isRefused) {
    throw await refusePasskey(context, request, { credentialId: credential.id, owner: remembered });
  }
  demandAgreement(evidence);
  // identify() is called before Verify, so that an app that fails here has not used up the Challenge.
  const who = askedFor ? await findUser(context.identify, request, 'authenticate') : null;
  const answer = await context
    .verify(request, { method: 'POST', path, json: credential })
    .catch((error: unknown) => refuseMissing(error, context.owners, remembered));
  const challenge = readFinished(ChallengeAnswer, sid, done, answer);
  const owner = decideOwner(evidence, challenge);
  const { identity, entitySid, factorSid } = owner;
  if (!remembered) await claim(context.owners, credential.id, owner);
  const isRemembered = remembered !== undefined && !remembered.isClaimed;
  const cleared = context.cookies.clear(request, sid);
  const approval = {
    identity,
    entitySid,
    factorSid,
    credentialId: credential.id,
    challengeSid: sid,
    ...readSignInFlags(credential),
    authenticatorAttachment: findSaidAttachment(request, body),
    askedFor: askedFor || undefined,
    remembered: isRemembered,
  };
  const headers = await askApp(context, request, approval, cleared).catch(async (error) => {
    // Nothing is remembered of a sign-in that the app did not accept.
    if (!remembered) await context.owners.unclaim(credential.id, owner).catch(() => {});
    throw error;
  });
  if (!isRemembered) {
    // The user is signed in. If the store fails now, the next sign-in relies on Verify's answer again.
    await context.owners.remember(credential.id, owner).catch(() => {});
    // The passkey may have been removed after Verify approved the Challenge, before anything of it was stored.
    await forgetIfRemoved(context, request, owner);
  }
  headers.append(...cleared);
  const whose = { identity, entity_sid: entitySid, factor_sid: factorSid };
  // The names go only to the user of the app's own session.
  const names = who?.identity === identity ? namesOf(who) : {};
  return reply(200, { ...challenge, ...whose, ...names }, headers);
}

/** Asks the app whether the user may sign in. Returns the headers to add. */
async function askApp(
  { onApproved }: CallContext,
  request: Request,
  approval: Approval,
  cleared: [string, string],
): Promise<Headers> {
  const headers = onApproved ? await onApproved(approval, request) : new Headers();
  if (headers === false) throw new Refusal('not_allowed', { headers: [cleared] });
  return headers;
}

/** Verify may not find a passkey at once that it has just verified. Told that it is gone, a browser would drop it. */
async function refuseMissing(error: unknown, owners: Owners, owner: Owner | undefined): Promise<never> {
  const isMissing = error instanceof Refusal && error.code === 60390;
  if (!isMissing || !owner || !(await isNewest(owners, owner))) throw error;
  throw new Refusal('verify_invalid_answer', {
    message: 'Verify does not find the new passkey yet: try again in a moment.',
  });
}

/** Keeps the owner that Verify named, before the app is asked. Another relay may have kept one meanwhile. */
async function claim(owners: Owners, credentialId: string, owner: Owner): Promise<void> {
  const holder = await owners.remember(credentialId, { ...owner, isClaimed: true });
  if (holder.identity !== owner.identity) {
    throw refuseUser('Verify names another user than another relay has just remembered.');
  }
}
