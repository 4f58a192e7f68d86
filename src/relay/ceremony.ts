/** What both ceremonies share: beginning at Verify, and checking the answer that ends them. */
import * as v from 'valibot';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { type CreationOptions, readOptions } from '../contract/options.ts';
import { ChallengeAnswer, FactorAnswer } from '../contract/resource.ts';
import { reply } from './answer.ts';
import type { Who } from './config.ts';
import type { CallContext } from './context.ts';
import { namesOf } from './identity.ts';
import { Refusal } from './refusal.ts';

const answers = { register: FactorAnswer, authenticate: ChallengeAnswer };

/**
 * Begins a ceremony for this user, or for any user, and binds it to the browser with a cookie. Verify uses the
 * passkey's nickname as the account's names. The relay replaces them with the user's own names.
 */
export async function beginCeremony(
  context: CallContext,
  request: Request,
  ceremony: Ceremony,
  who: Who | null,
  named: { friendly_name?: string } = {},
): Promise<Response> {
  const { begin, sid: letters, pending } = ceremonies[ceremony];
  const identity = who?.identity;
  const json = { ...named, identity };
  const call = { method: 'POST', path: `/Passkeys/${begin}`, json, isLast: true } as const;
  const answer = await context.verify(request, call);
  const resource = v.safeParse(answers[ceremony], answer);
  const options = readOptions(ceremony, answer);
  if (!resource.success || !options.success) throw new Refusal('verify_invalid_answer');
  const { sid, status } = resource.output;
  const isOurs = resource.output.identity === identity && readSid(letters, options.output.challenge) === sid;
  if (!isOurs || status !== pending) throw new Refusal('verify_invalid_answer');
  // If the answer names no Entity, the user handle of the new passkey does: it encodes the Entity's SID.
  const handled = 'user' in options.output ? readSid('YE', options.output.user.id) : undefined;
  const entitySid = resource.output.entity_sid ?? handled ?? '';
  const cookies = await context.cookies.begin(request, {
    ceremony,
    sid,
    identity: identity ?? '',
    entitySid,
  });
  // Verify's extension inputs are not passed on, since nothing here checks them. A page adds its own.
  const { extensions: _, ...checked } = options.output;
  const publicKey = 'user' in checked ? nameUser(checked, namesOf(who)) : checked;
  return reply(201, { ...resource.output, options: { publicKey } }, cookies);
}

/** https://www.w3.org/TR/webauthn-3/#dictdef-publickeycredentialuserentity */
function nameUser(options: CreationOptions, { user_name, display_name }: ReturnType<typeof namesOf>) {
  const { id, name, displayName } = options.user;
  const user = {
    id,
    name: user_name ?? name,
    displayName: display_name ?? user_name ?? displayName,
  };
  return { ...options, user };
}

/** Reads the answer with which Verify ends a ceremony. Refuses one with another SID or status. */
export function readFinished<Answer extends { sid: string; status: string }>(
  schema: v.GenericSchema<unknown, Answer>,
  sid: string,
  status: Answer['status'],
  answer: unknown,
): Answer {
  const finished = v.safeParse(schema, answer);
  if (!finished.success || finished.output.sid !== sid || finished.output.status !== status) {
    throw new Refusal('verify_invalid_answer');
  }
  return finished.output;
}
