/** The checks that anybody may ask for: is this body fit for VerifyFactor or ApproveChallenge, and if not, why not. */
import { explain } from './explain.ts';
import { type Expected, judge } from './judge.ts';
import type { Issue } from './mistake.ts';
import type { Step } from './route.ts';

/**
 * Checks a body for VerifyFactor: everything that error 60380 and its neighbours can mean, named before it is sent.
 *
 * @param body Any value: an object as it would be posted, or the JSON text of one. Never throws.
 * @param expected What the credential should say, where known.
 * @returns The issues, most telling first; `[]` means fit to send.
 * @see https://www.twilio.com/docs/api/errors/60380
 */
export function checkRegistration(body: unknown, expected?: Expected): Issue[] {
  return check('register', body, expected);
}

/**
 * Checks a body for ApproveChallenge: everything that error 60380 and its neighbours can mean, named before it is sent.
 *
 * @param body Any value: an object as it would be posted, or the JSON text of one. Never throws.
 * @param expected What the credential should say, where known.
 * @returns The issues, most telling first; `[]` means fit to send.
 * @see https://www.twilio.com/docs/api/errors/60380
 */
export function checkAuthentication(body: unknown, expected?: Expected): Issue[] {
  return check('authenticate', body, expected);
}

export function check(step: Step, body: unknown, expected: Expected = {}): Issue[] {
  try {
    return judge(step, body, expected).length === 0 ? [] : explain(step, body, expected).issues;
  } catch {
    // Only a value that throws as it is read comes here: a hostile getter, a revoked proxy.
    return [
      {
        path: '',
        code: 60380,
        message: 'The body cannot be read: one of its members throws; expected a plain JSON object.',
        fix: 'Send the plain object that createCredential or getCredential resolves to.',
      },
    ];
  }
}
