/** How the relay says no: its own words and Twilio's numbers, with their HTTP status. Loads when there is a no to say. */

import type { Refusal } from './refusal.ts';
import { reply } from './reply.ts';

/** The relay's own codes. */
const words = {
  not_signed_in: [401, 'Nobody is signed in: sign in first, then try again.'],
  forbidden_origin: [403, "The page's origin is not among the relay's origins."],
  unknown_credential: [403, 'Neither this relay nor Verify says whose passkey this is.'],
  not_found: [404, 'There is no such passkey or route.'],
  method_not_allowed: [405, 'This route does not take that method.'],
  ceremony_mismatch: [
    409,
    'This browser did not begin the ceremony that the credential finishes: begin anew.',
  ],
  no_ceremony_cookie: [
    409,
    "The browser sent no cookie of a ceremony: page and relay must be of one site, a call across origins needs credentials: 'include', and a cross-site frame has no cookies.",
  ],
  ceremony_expired: [410, 'The ceremony has expired: begin anew.'],
  body_too_large: [413, 'The body is larger than 64 KiB.'],
  not_json: [415, 'The body must be application/json in UTF-8.'],
  misconfigured: [
    502,
    'Verify refused the relay itself: check the account, its secret and serviceSid on the server.',
  ],
  verify_unreachable: [502, 'Verify could not be reached: try again in a moment.'],
  verify_invalid_answer: [502, 'Verify answered something that cannot be believed: begin anew.'],
  storage_unavailable: [503, 'The storage of passkeys could not be reached: try again in a moment.'],
  verify_timeout: [504, 'Verify took too long to answer: try again in a moment.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type Word = keyof typeof words;

/** `{ code, message, status, more_info?, issues? }`: a number is Twilio's code, a word the relay's own. */
export function toResponse({ code, details }: Refusal): Response {
  const { message, moreInfo: more_info, issues, headers } = details;
  const [status, said] = typeof code === 'string' ? words[code] : [details.status ?? 400, undefined];
  return reply(status, { code, message: message ?? said, status, more_info, issues }, headers);
}
