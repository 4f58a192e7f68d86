/** The two calls that sign somebody in; who it is follows from the signed bytes and from what was remembered, alone. */
import * as v from 'valibot';
import { readOptions } from '../contract/options.ts';
import { ChallengeAnswer } from '../contract/resource.ts';
import { ceremony } from '../contract/route.ts';
import { readSid } from '../contract/shape.ts';
import { readCredential } from './credential.ts';
import type { Entered } from './gate.ts';
import { findUser } from './identity.ts';
import { Refusal, reply } from './refusal.ts';
import type { Tools } from './tools.ts';

const { begin, finish, pending, done } = ceremony.authenticate;

/** POST Challenges: nothing of the body counts. A signed-in user is asked for again, anybody else may sign in. */
export async function beginAuthentication(tools: Tools, request: Request): Promise<Response> {
  const who = await findUser(tools.identify, request, 'authenticate');
  const json = who ? { identity: who.identity } : {};
  const answer = await tools.verify(request, { method: 'POST', path: `/Passkeys/${begin}`, json });
  const challenge = v.safeParse(ChallengeAnswer, answer);
  const options = readOptions('authenticate', answer);
  if (!challenge.success || !options.success) throw new Refusal('verify_invalid_answer');
  const { sid, status, identity } = challenge.output;
  const isOurs = identity === who?.identity && readSid('YC', options.output.challenge) === sid;
  if (!isOurs || status !== pending) throw new Refusal('verify_invalid_answer');
  const cookies = await tools.cookies.begin(request, {
    step: 'authenticate',
    sid,
    identity: who?.identity ?? '',
  });
  return reply(201, { ...challenge.output, options: { publicKey: options.output } }, cookies);
}

/** POST ApproveChallenge */
export async function finishAuthentication(
  tools: Tools,
  request: Request,
  { body }: Entered,
): Promise<Response> {
  const { credential, sid } = await readCredential('authenticate', body);
  const begun = await tools.cookies.find(request, 'authenticate', sid);
  const owner = await tools.memory.ownerOf(credential.id);
  const { userHandle } = credential.response;
  // userHandle is not signed: it may not say who it is, only disagree.
  const entitySid = userHandle === undefined ? undefined : readSid('YE', userHandle);
  if (!owner || !agree(entitySid, owner.entitySid)) throw new Refusal('unknown_credential');
  if (!agree(begun.identity, owner.identity)) throw new Refusal('ceremony_mismatch');
  const answer = await tools.verify(request, {
    method: 'POST',
    path: `/Passkeys/${finish}`,
    json: credential,
  });
  const challenge = v.safeParse(ChallengeAnswer, answer);
  if (!challenge.success) throw new Refusal('verify_invalid_answer');
  const { status, identity, entity_sid, factor_sid } = challenge.output;
  const isOurs =
    challenge.output.sid === sid &&
    agree(identity, owner.identity) &&
    agree(entity_sid, owner.entitySid) &&
    agree(factor_sid, owner.factorSid);
  if (!isOurs || status !== done) throw new Refusal('verify_invalid_answer');
  const { entitySid: ownerSid, factorSid } = owner;
  const approval = {
    identity: owner.identity,
    entitySid: ownerSid,
    factorSid,
    credentialId: credential.id,
    challengeSid: sid,
  };
  const headers = new Headers((await tools.onApproved?.(approval, request)) ?? undefined);
  headers.append(...tools.cookies.clear(request, sid));
  const known = { identity: owner.identity, entity_sid: ownerSid, factor_sid: factorSid };
  return reply(200, { ...challenge.output, ...known }, headers);
}

/** An empty word says nothing; one that is there must say the same. */
function agree(said: string | undefined, known: string | undefined): boolean {
  return !said || said === known;
}
