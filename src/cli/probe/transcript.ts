/** What a probe heard, without anything secret: the form in which it is judged, shared and read again. */
import * as v from 'valibot';
import { parse } from '../../contract/json.ts';

const Call = v.object({
  /** What was asked, such as `second-verify`. */
  step: v.string(),
  method: v.string(),
  path: v.string(),
  /** The HTTP status. */
  status: v.number(),
  headers: v.record(v.string(), v.string()),
  /** The answer's JSON, or null if it has none. */
  body: v.unknown(),
  /** Milliseconds until the answer. */
  took: v.number(),
});
export type Call = v.InferOutput<typeof Call>;

const Judgement = v.object({
  name: v.string(),
  verdict: v.picklist(['as assumed', 'otherwise', 'not asked']),
  /** What came instead, or why it could not be asked. */
  said: v.string(),
});
export type Judgement = v.InferOutput<typeof Judgement>;

const Transcript = v.object({
  transcript: v.literal('verify-passkeys service probe'),
  calls: v.array(Call),
  /** Why the probe ended early, or null. */
  stopped: v.nullable(v.string()),
  rows: v.array(Judgement),
});
export type Transcript = v.InferOutput<typeof Transcript>;

/** Reads a transcript that somebody has shared. Throws if it is none. */
export function readTranscript(text: string): Transcript {
  const transcript = v.safeParse(Transcript, parse(text));
  if (transcript.success) return transcript.output;
  throw new Error('expected a transcript that service probe --json has written');
}
