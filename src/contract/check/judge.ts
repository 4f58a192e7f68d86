/** Judges a body at once, with every rule loaded: for servers, tools, and pages that call the checks themselves. */
import { fromBytes } from '../bytes.ts';
import type { Ceremony } from '../ceremony.ts';
import { judgeAttestation } from './attestation.ts';
import type { Expected } from './issue.ts';
import { sha256 } from './sha256.ts';
import { type Judged, judgeWith } from './verdict.ts';

/** The broken rules of a body. If there are none, its credential is fit to send. */
export function judge<C extends Ceremony>(ceremony: C, body: unknown, expected: Expected = {}): Judged<C> {
  const { rpId } = expected;
  const rpIdHash = rpId == null ? undefined : hashOf(rpId);
  return judgeWith(judgeAttestation, ceremony, body, { ...expected, rpIdHash });
}

export const hashOf = (rpId: string) => fromBytes(sha256(new TextEncoder().encode(rpId)));
