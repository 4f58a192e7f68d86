/** The two calls to Verify that every ceremony makes, and what must hold of their answers before anything follows. */
import * as v from 'valibot';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { readOptions } from '../contract/options.ts';
import { ChallengeAnswer, FactorAnswer } from '../contract/resource.ts';
import type { Tools } from './handler.ts';
import { Refusal } from './refusal.ts';
import { reply } from './reply.ts';

const answers = { register: FactorAnswer, authenticate: ChallengeAnswer };
type AnswerOf<S extends Ceremony> = v.InferOutput<(typeof answers)[S]>;

/** Begins a ceremony of this identity, or of anybody, and binds it to the browser by a cookie. */
export async function beginCeremony(
  tools: Tools,
  request: Request,
  ceremony: Ceremony,
  { identity, ...named }: { identity?: string; friendly_name?: string },
): Promise<Response> {
  const { begin, sid: letters, pending } = ceremonies[ceremony];
  const json = { ...named, ...(identity !== undefined && { identity }) };
  const answer = await tools.verify(request, { method: 'POST', path: `/Passkeys/${begin}`, json });
  const begun = v.safeParse(answers[ceremony], answer);
  const options = readOptions(ceremony, answer);
  if (!begun.success || !options.success) throw new Refusal('verify_invalid_answer');
  const { sid, status } = begun.output;
  const isOurs = begun.output.identity === identity && readSid(letters, options.output.challenge) === sid;
  if (!isOurs || status !== pending) throw new Refusal('verify_invalid_answer');
  const cookies = await tools.cookies.begin(request, { ceremony, sid, identity: identity ?? '' });
  return reply(201, { ...begun.output, options: { publicKey: options.output } }, cookies);
}

/** Finishes the ceremony of this SID by a credential: its Factor verified, or its Challenge approved. */
export async function finishCeremony<S extends Ceremony>(
  tools: Tools,
  request: Request,
  ceremony: S,
  sid: string,
  credential: object,
): Promise<AnswerOf<S>> {
  const path = `/Passkeys/${ceremonies[ceremony].finish}`;
  const answer = await tools.verify(request, { method: 'POST', path, json: credential });
  const finished = v.safeParse(answers[ceremony], answer);
  if (
    !finished.success ||
    finished.output.sid !== sid ||
    finished.output.status !== ceremonies[ceremony].done
  ) {
    throw new Refusal('verify_invalid_answer');
  }
  return finished.output as AnswerOf<S>;
}
