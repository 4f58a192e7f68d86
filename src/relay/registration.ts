/** The two calls that make a passkey, both for the user whom the app's own session names. */
import * as v from 'valibot';
import { readOptions, text } from '../contract/options.ts';
import { FactorAnswer } from '../contract/resource.ts';
import { ceremony } from '../contract/route.ts';
import { readSid } from '../contract/shape.ts';
import { readCredential } from './credential.ts';
import type { Entered } from './gate.ts';
import { demandUser } from './identity.ts';
import { Refusal, reply } from './refusal.ts';
import type { Tools } from './tools.ts';

const { begin, finish, pending, done } = ceremony.register;

const Begin = v.object({ friendly_name: v.optional(v.pipe(text, v.maxLength(64))) });

/** POST Factors: the identity is the session's; the page may only choose what the passkey is called. */
export async function beginRegistration(
  tools: Tools,
  request: Request,
  { body }: Entered,
): Promise<Response> {
  const wish = v.safeParse(Begin, body);
  if (!wish.success)
    throw new Refusal(60388, { message: 'friendly_name must be a text of 1 to 64 characters.' });
  const { identity, friendlyName } = await demandUser(tools.identify, request, 'register');
  const friendly_name = wish.output.friendly_name ?? friendlyName ?? identity;
  const answer = await tools.verify(request, {
    method: 'POST',
    path: `/Passkeys/${begin}`,
    json: { friendly_name, identity },
  });
  const factor = v.safeParse(FactorAnswer, answer);
  const options = readOptions('register', answer);
  if (!factor.success || !options.success) throw new Refusal('verify_invalid_answer');
  const { sid, status } = factor.output;
  const isOurs = factor.output.identity === identity && readSid('YF', options.output.challenge) === sid;
  if (!isOurs || status !== pending) throw new Refusal('verify_invalid_answer');
  const cookies = await tools.cookies.begin(request, { step: 'register', sid, identity });
  return reply(201, { ...factor.output, options: { publicKey: options.output } }, cookies);
}

/** POST VerifyFactor: what Verify confirms is remembered, so that this passkey can say later whose it is. */
export async function finishRegistration(
  tools: Tools,
  request: Request,
  { body }: Entered,
): Promise<Response> {
  const { credential, sid } = await readCredential('register', body);
  const begun = await tools.cookies.find(request, 'register', sid);
  const { identity } = await demandUser(tools.identify, request, 'register');
  if (begun.identity !== identity) throw new Refusal('ceremony_mismatch');
  // An attestation of kind "none" proves no possession: a known id may not be claimed by registering it again.
  const owner = await tools.memory.ownerOf(credential.id);
  if (owner && owner.factorSid !== sid)
    throw new Refusal(60317, { message: 'This passkey exists already.', status: 409 });
  const answer = await tools.verify(request, {
    method: 'POST',
    path: `/Passkeys/${finish}`,
    json: credential,
  });
  const factor = v.safeParse(FactorAnswer, answer);
  if (!factor.success) throw new Refusal('verify_invalid_answer');
  const { status, entity_sid: entitySid, friendly_name: friendlyName } = factor.output;
  const isOurs = factor.output.sid === sid && factor.output.identity === identity;
  if (!isOurs || status !== done) throw new Refusal('verify_invalid_answer');
  await tools.memory.remember(credential.id, { identity, factorSid: sid, entitySid });
  const verified = { sid, identity, entitySid, friendlyName, credentialId: credential.id };
  const headers = new Headers((await tools.onVerified?.(verified, request)) ?? undefined);
  headers.append(...tools.cookies.clear(request, sid));
  return reply(200, factor.output, headers);
}
