/** What both ceremonies share: how each begins at Verify, and what must hold of the answer that ends it. */
import * as v from 'valibot';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { type CreationOptions, readOptions } from '../contract/options.ts';
import { ChallengeAnswer, FactorAnswer } from '../contract/resource.ts';
import type { Who } from './config.ts';
import type { Tools } from './handler.ts';
import { namesOf } from './identity.ts';
import { Refusal } from './refusal.ts';
import { reply } from './reply.ts';

const answers = { register: FactorAnswer, authenticate: ChallengeAnswer };

/**
 * Begins a ceremony of this user, or of anybody, and binds it to the browser by a cookie. Verify makes the names of the
 * account out of the nickname of the passkey: the user's own names replace them on the way to the page.
 */
export async function beginCeremony(
  tools: Tools,
  request: Request,
  ceremony: Ceremony,
  who: Who | null,
  named: { friendly_name?: string } = {},
): Promise<Response> {
  const { begin, sid: letters, pending } = ceremonies[ceremony];
  const identity = who?.identity;
  const json = { ...named, ...(identity !== undefined && { identity }) };
  const answer = await tools.verify(request, { method: 'POST', path: `/Passkeys/${begin}`, json });
  const begun = v.safeParse(answers[ceremony], answer);
  const options = readOptions(ceremony, answer);
  if (!begun.success || !options.success) throw new Refusal('verify_invalid_answer');
  const { sid, status } = begun.output;
  const isOurs = begun.output.identity === identity && readSid(letters, options.output.challenge) === sid;
  if (!isOurs || status !== pending) throw new Refusal('verify_invalid_answer');
  // The user handle of a new passkey is the Entity's SID too, should the answer name no Entity.
  const handled = 'user' in options.output ? readSid('YE', options.output.user.id) : undefined;
  const entitySid = begun.output.entity_sid ?? handled ?? '';
  const cookies = await tools.cookies.begin(request, { ceremony, sid, identity: identity ?? '', entitySid });
  // Inputs of extensions have no form to check here: they are between the page and the browser.
  const { extensions: _, ...checked } = options.output;
  const publicKey = 'user' in checked ? nameUser(checked, namesOf(who)) : checked;
  return reply(201, { ...begun.output, options: { publicKey } }, cookies);
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

/** Reads Verify's answer that ends a ceremony well: of this SID and this status, or it is refused. */
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
