/** The two routes that sign somebody in; who it is follows from the signed bytes and from what was remembered, alone. */

import { readSid } from '../contract/challenge.ts';
import { beginCeremony, finishCeremony } from './ceremony.ts';
import type { Entered } from './gate.ts';
import type { Tools } from './handler.ts';
import { findUser } from './identity.ts';
import { Refusal } from './refusal.ts';
import { reply } from './reply.ts';

/** POST Challenges: nothing of the body counts. A signed-in user is asked for again, anybody else may sign in. */
export async function beginAuthentication(tools: Tools, request: Request): Promise<Response> {
  const who = await findUser(tools.identify, request, 'authenticate');
  return beginCeremony(tools, request, 'authenticate', who ? { identity: who.identity } : {});
}

/** POST ApproveChallenge */
export async function finishAuthentication(
  tools: Tools,
  request: Request,
  { body }: Entered,
): Promise<Response> {
  const { findBegun, readCredential } = await import('./credential.ts');
  const begun = await findBegun(tools.cookies, request, 'authenticate', body);
  const credential = await readCredential('authenticate', body);
  const owner = await tools.memory.ownerOf(credential.id);
  const { userHandle } = credential.response;
  // userHandle is not signed: it may not say who it is, only disagree.
  const handled = userHandle === undefined ? undefined : readSid('YE', userHandle);
  if (!owner || !agree(handled, owner.entitySid)) throw new Refusal('unknown_credential');
  const { identity, entitySid, factorSid } = owner;
  if (!begun || !agree(begun.identity, identity)) throw new Refusal('ceremony_mismatch');
  const { sid } = begun;
  const challenge = await finishCeremony(tools, request, 'authenticate', sid, credential);
  const isTheirs =
    agree(challenge.identity, identity) &&
    agree(challenge.entity_sid, entitySid) &&
    agree(challenge.factor_sid, factorSid);
  if (!isTheirs) throw new Refusal('verify_invalid_answer');
  const approval = { identity, entitySid, factorSid, credentialId: credential.id, challengeSid: sid };
  const headers = new Headers((await tools.onApproved?.(approval, request)) ?? undefined);
  headers.append(...tools.cookies.clear(request, sid));
  return reply(200, { ...challenge, identity, entity_sid: entitySid, factor_sid: factorSid }, headers);
}

/** An empty word says nothing; one that is there must say the same. */
function agree(said: string | undefined, known: string | undefined): boolean {
  return !said || said === known;
}
