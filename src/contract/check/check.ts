/** The public checks: whether a body is fit for VerifyFactor or ApproveChallenge, and if not, why not. */
import type { Ceremony } from '../ceremony.ts';
import type { Expected } from './expected.ts';
import { explain, unreadable } from './explain.ts';
import type { Rule } from './finding.ts';
import type { Issue } from './issue.ts';
import { judge } from './judge.ts';
import type { CredentialOf } from './shape.ts';

/**
 * Checks a body for VerifyFactor before it is sent: names everything that error 60380 and its neighbours can mean.
 * It looks only at the body, verifies no signature, sends nothing, changes nothing and never throws.
 *
 * @example
 * ```ts
 * const factor: unknown = await (await fetch('/passkeys/Factors', { method: 'POST' })).json();
 * const credential = await createCredential(factor);
 * for (const { path, code, message, fix } of checkRegistration(credential, { origin: location.origin })) {
 *   console.warn(`${code} ${path}: ${message} ${fix}`);
 * }
 * ```
 * @param body Any value: the object as it would be posted. JSON text instead of an object is a mistake like any other.
 * @param expected What the credential should say, if that is known.
 * @returns The issues, the most telling one first; `[]` means that the body is fit to send.
 * @see https://www.twilio.com/docs/api/errors/60380
 */
export function checkRegistration(body: unknown, expected?: Expected): Issue[] {
  return judgeCredential('register', body, expected).issues ?? [];
}

/**
 * Checks a body for ApproveChallenge before it is sent: names everything that error 60380 and its neighbours can mean.
 * It looks only at the body, verifies no signature, sends nothing, changes nothing and never throws.
 *
 * @example
 * ```ts
 * const refused = '{ "id": "…" }'; // the body that Verify answered with 60380
 * const [issue] = checkAuthentication(JSON.parse(refused), { challenge: 'YC0123456789abcdef0123456789abcdef' });
 * if (issue) console.warn(issue.message, issue.fix);
 * ```
 * @param body Any value: the object as it would be posted. JSON text instead of an object is a mistake like any other.
 * @param expected What the credential should say, if that is known.
 * @returns The issues, the most telling one first; `[]` means that the body is fit to send.
 * @see https://www.twilio.com/docs/api/errors/60380
 */
export function checkAuthentication(body: unknown, expected?: Expected): Issue[] {
  return judgeCredential('authenticate', body, expected).issues ?? [];
}

/**
 * Fixes a body for VerifyFactor as far as that needs no guess: nests flat members, renames misspelled ones, unpacks
 * what is wrapped or encoded twice, and writes bytes as base64url. It is for tools that show a mistake: a page that
 * makes one should be corrected instead. It leaves the given body unchanged and never throws.
 *
 * @example
 * ```ts
 * const tryToFix = (body: unknown) => {
 *   const fixed = fixRegistration(body);
 *   return fixed === undefined ? 'Nothing can be fixed without a guess.' : checkRegistration(fixed);
 * };
 * ```
 * @param body Any value, as `checkRegistration` takes it.
 * @returns The fixed body, in which `checkRegistration` may still find issues; undefined if nothing could be fixed.
 */
export function fixRegistration(body: unknown): unknown {
  return fix('register', body);
}

/**
 * Fixes a body for ApproveChallenge as far as that needs no guess: nests flat members, renames misspelled ones, unpacks
 * what is wrapped or encoded twice, and writes bytes as base64url. It is for tools that show a mistake: a page that
 * makes one should be corrected instead. It leaves the given body unchanged and never throws.
 *
 * @example
 * ```ts
 * const tryToFix = (body: unknown) => {
 *   const fixed = fixAuthentication(body);
 *   return fixed === undefined ? 'Nothing can be fixed without a guess.' : checkAuthentication(fixed);
 * };
 * ```
 * @param body Any value, as `checkAuthentication` takes it.
 * @returns The fixed body, in which `checkAuthentication` may still find issues; undefined if nothing could be fixed.
 */
export function fixAuthentication(body: unknown): unknown {
  return fix('authenticate', body);
}

function fix(ceremony: Ceremony, body: unknown): unknown {
  try {
    const { findings } = judge(ceremony, body);
    const { fixed } = explain(ceremony, body, {}, findings);
    return fixed === body ? undefined : fixed;
  } catch {
    return undefined;
  }
}

/** A credential that is fit to send, with only the members that Verify takes, or what is wrong with the body. */
type Verdict<C extends Ceremony> =
  | { credential: CredentialOf<C>; issues?: undefined; rules?: undefined }
  | { credential?: undefined; issues: Issue[]; rules: Rule[] };

/** Judges a body once. Returns the credential if it is fit to send, or else the issues. Never throws. */
export function judgeCredential<C extends Ceremony>(
  ceremony: C,
  body: unknown,
  expected?: Expected,
): Verdict<C> {
  try {
    const wanted = expected ?? {}; // JavaScript may pass null.
    const { findings, credential } = judge(ceremony, body, wanted);
    if (credential && findings.length === 0) return { credential };
    return explain(ceremony, body, wanted, findings);
  } catch {
    return { issues: [unreadable], rules: [] };
  }
}
