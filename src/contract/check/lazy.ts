/**
 * Judges a body with the fewest bytes to load at first. The rules for a new passkey load only for a registration, and
 * the explanations only for a body that has issues.
 */
import { fromBytes } from '../bytes.ts';
import type { Ceremony } from '../ceremony.ts';
import type { Expected, Issue } from './issue.ts';
import { type Judged, judgeWith, type Verdict } from './verdict.ts';

/** Loads the rules for a new passkey's bytes, which a sign-in does not need. */
export const loadAttestation = () => import('./attestation.ts');

/** Judges a body once, and gives the credential if it is fit to send, or else the issues. */
export async function judgeCredential<C extends Ceremony>(
  ceremony: C,
  body: unknown,
  expected: Expected = {},
): Promise<Verdict<C>> {
  const judged = await judge(ceremony, body, expected);
  if (judged.credential && judged.findings.length === 0) return { credential: judged.credential };
  const { explain } = await import('./explain.ts');
  return explain(ceremony, body, expected, judged.findings);
}

/** What to check after Verify refused a fit body with this code; undefined if the code is about no member of it. */
export async function findCauses(
  ceremony: Ceremony,
  expected: Expected,
  code: number | string,
): Promise<Issue[] | undefined> {
  const { explainRefusal } = await import('./explain.ts');
  return explainRefusal(ceremony, expected, code);
}

async function judge<C extends Ceremony>(ceremony: C, body: unknown, expected: Expected): Promise<Judged<C>> {
  const { rpId } = expected;
  const hash =
    rpId == null ? undefined : await crypto.subtle.digest('SHA-256', new TextEncoder().encode(rpId));
  const rpIdHash = hash && fromBytes(new Uint8Array(hash));
  const judgeAttestation = ceremony === 'register' ? (await loadAttestation()).judgeAttestation : () => [];
  return judgeWith(judgeAttestation, ceremony, body, { ...expected, rpIdHash });
}
