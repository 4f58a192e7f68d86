/** The checks that anybody may ask for: is this body fit for VerifyFactor or ApproveChallenge, and if not, why not. */

import type { Ceremony } from '../ceremony.ts';
import { explain, unreadable } from './explain.ts';
import { judge } from './judge.ts';
import type { Issue } from './mistake.ts';
import type { Expected } from './shape.ts';

/**
 * Checks a body for VerifyFactor: everything that error 60380 and its neighbours can mean, named before it is sent.
 *
 * @param body Any value; fit is the object as it would be posted, and its JSON text is a mistake that is named. Never throws.
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
 * @param body Any value; fit is the object as it would be posted, and its JSON text is a mistake that is named. Never throws.
 * @param expected What the credential should say, where known.
 * @returns The issues, most telling first; `[]` means fit to send.
 * @see https://www.twilio.com/docs/api/errors/60380
 */
export function checkAuthentication(body: unknown, expected?: Expected): Issue[] {
  return check('authenticate', body, expected);
}

export function check(ceremony: Ceremony, body: unknown, expected?: Expected): Issue[] {
  try {
    const wanted = expected ?? {};
    return judge(ceremony, body, wanted).length === 0 ? [] : explain(ceremony, body, wanted).issues;
  } catch {
    return [unreadable];
  }
}
