/** Says whether a body is fit to send, in the fewest bytes that a page must load: what a sign-in does not need loads later. */

import { fromBytes } from '../bytes.ts';
import type { Ceremony } from '../ceremony.ts';
import { judgeAssertion } from './authenticator-data.ts';
import type { Issue } from './mistake.ts';
import { type Credential, type Expected, judgeShape } from './shape.ts';

/** Loads what judges a new passkey's bytes, which a sign-in does without. */
export const loadAttestation = () => import('./attestation.ts');

/** The issues of a body; the words for them load when there is something to say. */
export async function findIssues(
  ceremony: Ceremony,
  body: unknown,
  expected: Expected = {},
): Promise<Issue[]> {
  if (await findFit(ceremony, body, expected)) return [];
  const { explain } = await import('./explain.ts');
  return explain(ceremony, body, expected).issues;
}

/** The credential that a fit body holds, its allowed members alone; undefined where there is an issue. */
export async function findFit(
  ceremony: Ceremony,
  body: unknown,
  expected: Expected = {},
): Promise<Credential | undefined> {
  const { findings, credential } = judgeShape(ceremony, body, expected);
  if (findings.length > 0 || !credential) return undefined;
  const { rpId } = expected;
  const hash = rpId && (await crypto.subtle.digest('SHA-256', new TextEncoder().encode(rpId)));
  const wanted = { ...expected, rpIdHash: hash ? fromBytes(new Uint8Array(hash)) : undefined };
  const broken =
    'attestationObject' in credential.response
      ? (await loadAttestation()).judgeAttestation(credential as never, wanted)
      : judgeAssertion(credential as never, wanted);
  return broken.next().done ? credential : undefined;
}

/** Why Verify may have refused a body, where the code tells of the credential. */
export async function findCauses(
  ceremony: Ceremony,
  body: unknown,
  expected: Expected,
  code: number | string,
) {
  const { explainCauses } = await import('./explain.ts');
  return explainCauses(ceremony, body, expected, code);
}
