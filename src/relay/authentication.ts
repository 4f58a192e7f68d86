/** The two routes of a sign-in. The user is the remembered owner of the passkey, or else the one that Verify names. */

import { ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { identityPattern } from '../contract/identifier.ts';
import { ChallengeAnswer } from '../contract/resource.ts';
import { beginCeremony, readFinished } from './ceremony.ts';
import { findBegun, readCredential, readSigned } from './credential.ts';
import type { Entered } from './gate.ts';
import type { Tools } from './handler.ts';
import { findUser, namesOf } from './identity.ts';
import { createMemory, type Memory, type Owner } from './memory.ts';
import { isNewest } from './newest.ts';
import { Refusal } from './refusal.ts';
import { reply } from './reply.ts';

const { finish, done } = ceremonies.authenticate;
const path = `/Passkeys/${finish}`;

/** POST Challenges: ignores the body. With a signed-in user, only that user may sign in; otherwise any user may. */
export async function beginAuthentication(tools: Tools, request: Request): Promise<Response> {
  const who = await findUser(tools.identify, request, 'authenticate');
  return beginCeremony(tools, request, 'authenticate', who);
}

/** POST ApproveChallenge */
export async function finishAuthentication(
  tools: Tools,
  request: Request,
  { body }: Entered,
): Promise<Response> {
  const begun = await findBegun(tools.cookies, request, 'authenticate', body);
  const credential = await readCredential(tools, request, 'authenticate', body);
  const memory = createMemory(tools);
  const owner = await memory.ownerOf(credential.id);
  const { userHandle } = credential.response;
  // userHandle is not signed, so it never decides who signs in. But it must not contradict the passkey's owner.
  const handled = userHandle === undefined ? undefined : readSid('YE', userHandle);
  if (!agree(handled, owner?.entitySid)) throw otherHandle();
  if (!begun || !agree(begun.identity, owner?.identity)) throw new Refusal('ceremony_mismatch');
  const { sid } = begun;
  // identify() is called before Verify, so that an app that fails here has not used up the Challenge.
  const who = begun.identity ? await findUser(tools.identify, request, 'authenticate') : null;
  const answer = await tools
    .verify(request, { method: 'POST', path, json: credential })
    .catch((error: unknown) => refuseMissing(error, memory, owner));
  const challenge = readFinished(ChallengeAnswer, sid, done, answer);
  const known = owner ?? readOwner(challenge, begun.identity);
  const isTheirs =
    agree(challenge.identity, known.identity) &&
    agree(challenge.entity_sid, known.entitySid) &&
    agree(challenge.factor_sid, known.factorSid);
  if (!isTheirs) throw otherUser('Verify names another user, Entity or Factor than the storage remembers.');
  if (!agree(handled, known.entitySid)) throw otherHandle();
  const { identity, entitySid = challenge.entity_sid, factorSid = challenge.factor_sid } = known;
  const remembered = owner !== undefined && !owner.isClaimed;
  if (!owner) {
    // Another relay may have remembered the same passkey meanwhile. Its owner must be the same user.
    const holder = await memory.remember(credential.id, { ...known, isClaimed: true });
    if (holder.identity !== identity) {
      throw otherUser('Verify names another user than another relay has just remembered.');
    }
  }
  const cleared = tools.cookies.clear(request, sid);
  const approval = {
    identity,
    entitySid,
    factorSid,
    credentialId: credential.id,
    challengeSid: sid,
    ...readSigned(credential),
    askedFor: begun.identity || undefined,
    remembered,
  };
  const given = await tools.onApproved?.(approval, request);
  if (given === false) throw new Refusal('not_allowed', { headers: [cleared] });
  if (!remembered) {
    // The user is signed in. If the store fails now, the next sign-in relies on Verify's answer again.
    await memory.remember(credential.id, { identity, entitySid, factorSid }).catch(() => {});
  }
  const headers = new Headers(given === true ? undefined : (given ?? undefined));
  headers.append(...cleared);
  const whose = { identity, entity_sid: entitySid, factor_sid: factorSid };
  // The names go only to the user of the app's own session.
  const names = who?.identity === identity ? namesOf(who) : {};
  return reply(200, { ...challenge, ...whose, ...names }, headers);
}

/** Verify may not find a passkey at once that it has just verified. Told that it is gone, a browser would drop it. */
async function refuseMissing(error: unknown, memory: Memory, owner: Owner | undefined): Promise<never> {
  const isMissing = error instanceof Refusal && error.code === 60390;
  if (!isMissing || !owner || !(await isNewest(memory, owner))) throw error;
  throw new Refusal('verify_invalid_answer', {
    message: 'Verify does not find the new passkey yet: try again in a moment.',
    cause: error,
  });
}

/**
 * The user that Verify names in the approved Challenge. Verify holds the passkey's public key and has checked the
 * signature, so its answer counts where this relay remembers no owner.
 */
function readOwner({ identity, entity_sid, factor_sid }: ChallengeAnswer, askedFor: string): Owner {
  if (identity === undefined) throw new Refusal('unknown_credential');
  if (!identityPattern.test(identity)) throw otherUser('Verify names a malformed identity.');
  if (!agree(askedFor, identity))
    throw otherUser('Verify names another user than the Challenge was made for.');
  return { identity, entitySid: entity_sid, factorSid: factor_sid };
}

const otherUser = (note: string) => new Refusal('verify_invalid_answer', { note });

const otherHandle = () =>
  new Refusal('unknown_credential', { note: "The userHandle is of another Entity than the passkey's." });

/** Whether two sources agree. A source without a value agrees with any. */
function agree(said: string | undefined, known: string | undefined): boolean {
  return !said || !known || said === known;
}
