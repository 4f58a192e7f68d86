/** The two calls to Verify that every ceremony makes, and what must hold of their answers before anything follows. */
import * as v from 'valibot';
import { ceremony, type Step } from '../contract/ceremony.ts';
import { readSid } from '../contract/identifier.ts';
import { readOptions } from '../contract/options.ts';
import { ChallengeAnswer, FactorAnswer } from '../contract/resource.ts';
import type { Tools } from './handler.ts';
import { Refusal, reply } from './refusal.ts';

const answers = { register: FactorAnswer, authenticate: ChallengeAnswer };
type AnswerOf<S extends Step> = v.InferOutput<(typeof answers)[S]>;

/** Begins a ceremony of this identity, or of anybody, and binds it to the browser by a cookie. */
export async function begin(
  tools: Tools,
  request: Request,
  step: Step,
  { identity, ...named }: { identity?: string; friendly_name?: string },
): Promise<Response> {
  const { begin, sid: letters, pending } = ceremony[step];
  const json = { ...named, ...(identity !== undefined && { identity }) };
  const answer = await tools.verify(request, { method: 'POST', path: `/Passkeys/${begin}`, json });
  const begun = v.safeParse(answers[step], answer);
  const options = readOptions(step, answer);
  if (!begun.success || !options.success) throw new Refusal('verify_invalid_answer');
  const { sid, status } = begun.output;
  const isOurs = begun.output.identity === identity && readSid(letters, options.output.challenge) === sid;
  if (!isOurs || status !== pending) throw new Refusal('verify_invalid_answer');
  const cookies = await tools.cookies.begin(request, { step, sid, identity: identity ?? '' });
  return reply(201, { ...begun.output, options: { publicKey: options.output } }, cookies);
}

/** Finishes the ceremony of this SID by a credential: its Factor verified, or its Challenge approved. */
export async function finish<S extends Step>(
  tools: Tools,
  request: Request,
  step: S,
  sid: string,
  credential: object,
): Promise<AnswerOf<S>> {
  const path = `/Passkeys/${ceremony[step].finish}`;
  const answer = await tools.verify(request, { method: 'POST', path, json: credential });
  const finished = v.safeParse(answers[step], answer);
  if (!finished.success || finished.output.sid !== sid || finished.output.status !== ceremony[step].done) {
    throw new Refusal('verify_invalid_answer');
  }
  return finished.output as AnswerOf<S>;
}
