/** Decides whether a credential is fit to send: all rules at once, and nothing of the words that explain them. */

import { fromBytes } from '../bytes.ts';
import type { Ceremony } from '../ceremony.ts';
import { judgeAttestation } from './attestation.ts';
import { judgeAssertion } from './authenticator-data.ts';
import { sha256 } from './sha256.ts';
import { type Expected, type Finding, judgeShape } from './shape.ts';

/** The broken rules in the order in which Verify meets them; none means that the body is fit to send. */
export function judge(ceremony: Ceremony, body: unknown, expected: Expected = {}): Finding[] {
  const { findings, credential } = judgeShape(ceremony, body, expected);
  if (!credential) return findings;
  const wanted = { ...expected, rpIdHash: expected.rpId == null ? undefined : hashOf(expected.rpId) };
  return [
    ...findings,
    ...('attestationObject' in credential.response
      ? judgeAttestation(credential as never, wanted)
      : judgeAssertion(credential as never, wanted)),
  ];
}

export const hashOf = (rpId: string) => fromBytes(sha256(new TextEncoder().encode(rpId)));
