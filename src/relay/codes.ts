/** Every no of the relay: its own codes and Twilio's numbers, as the page gets them and as the operator's log does. Loaded with the first. */

import type { Settings } from './config.ts';
import { withoutSecrets } from './redact.ts';
import { Refusal } from './refusal.ts';
import { reply } from './reply.ts';

/**
 * The relay's own codes, in `code` of what it answers and of what `onRefused` is told; a number there is Twilio's.
 *
 * - `not_signed_in` (401): `identify` gave `null` for a route that needs a user.
 * - `forbidden_origin` (403): the page that calls, or the page on which the credential was signed, is not among `origins`.
 * - `unknown_credential` (403): nobody knows whose passkey this is.
 * - `not_allowed` (403): `onApproved` gave `false`.
 * - `not_found` (404): no such route, or no such passkey of this user.
 * - `method_not_allowed` (405): the route does not take this method.
 * - `ceremony_mismatch` (409): this browser did not begin the ceremony that the credential finishes.
 * - `no_ceremony_cookie` (409): the browser sent no cookie of any ceremony.
 * - `ceremony_expired` (410): the ceremony is older than its options allow.
 * - `body_too_large` (413): more than 64 KiB.
 * - `not_json` (415): the body is not `application/json` in UTF-8.
 * - `misconfigured` (502): Verify refused the relay's own account, key or Service.
 * - `verify_unreachable` (502): the call to Verify failed.
 * - `verify_invalid_answer` (502): Verify's answer has another form than it must have, or contradicts what was asked.
 * - `storage_unavailable` (503): `storage` failed, took too long or gave nonsense.
 * - `verify_timeout` (504): Verify did not answer within `timeout`.
 */
export type RelayCode =
  | 'not_signed_in'
  | 'forbidden_origin'
  | 'unknown_credential'
  | 'not_allowed'
  | 'not_found'
  | 'method_not_allowed'
  | 'ceremony_mismatch'
  | 'no_ceremony_cookie'
  | 'ceremony_expired'
  | 'body_too_large'
  | 'not_json'
  | 'misconfigured'
  | 'verify_unreachable'
  | 'verify_invalid_answer'
  | 'storage_unavailable'
  | 'verify_timeout';

/** The HTTP status of each code, and what it says where the refusal itself says nothing more exact. */
const answers: Record<RelayCode, readonly [status: number, message: string]> = {
  not_signed_in: [401, 'Nobody is signed in: sign in first, then try again.'],
  forbidden_origin: [403, "The page's origin is not among the relay's origins."],
  unknown_credential: [403, 'Neither this relay nor Verify says whose passkey this is.'],
  not_allowed: [403, 'The app does not let this user sign in.'],
  not_found: [404, 'There is no such passkey or route.'],
  method_not_allowed: [405, 'This route does not take that method.'],
  ceremony_mismatch: [
    409,
    'This browser did not begin the ceremony that the credential finishes: begin again.',
  ],
  no_ceremony_cookie: [
    409,
    "The browser sent no cookie of a ceremony: page and relay must be of one site, a call across origins needs credentials: 'include', and a cross-site frame has no cookies.",
  ],
  ceremony_expired: [410, 'The ceremony has expired: begin again.'],
  body_too_large: [413, 'The body is larger than 64 KiB.'],
  not_json: [415, 'The body must be application/json in UTF-8.'],
  misconfigured: [
    502,
    'Verify refused the relay itself: check the account, its secret and serviceSid on the server.',
  ],
  verify_unreachable: [502, 'Verify could not be reached: try again in a moment.'],
  verify_invalid_answer: [502, "Verify's answer does not fit what it was asked: begin again."],
  storage_unavailable: [503, 'The storage of passkeys could not be reached: try again in a moment.'],
  verify_timeout: [504, 'Verify took too long to answer: try again in a moment.'],
};

/** What `onRefused` is told of each no, for the operator's log. No secret, cookie or credential stands in it. */
export type Refused = {
  /**
   * One of the relay's own codes, or Twilio's number. `app_error` is never answered: it stands for an error that
   * `identify`, `onApproved` or `onVerified` threw, or that the relay did not expect.
   */
  code: RelayCode | 'app_error' | number;
  /** The HTTP status that the page gets, 400 to 599. */
  status: number;
  /** What the page is told, in one or two sentences, and what only the operator should know, such as the allowed origins. */
  message: string;
  /** The error behind it, where there is one: of `fetch`, of `storage`, of the body, or of the app's own function. */
  cause?: unknown;
  /** Twilio's name for its last answer in this call (`Twilio-Request-Id`, `RQ…`), by which its support finds it. */
  requestId?: string;
};

/** Answers a refusal as `{ code, message, status, more_info?, issues? }`, or throws on what is none. Both are told to `onRefused`. */
export function answer(
  error: unknown,
  request: Request,
  { onRefused, secrets }: Settings,
  requestId: string | undefined,
): Response {
  // Whatever the log throws, now or later, the page's answer is the same.
  const tell = async (refused: Refused) =>
    onRefused?.(requestId === undefined ? refused : { ...refused, requestId }, request);
  if (!(error instanceof Refusal)) {
    const message = 'identify, onApproved or onVerified threw an error, which is thrown on to the server.';
    tell({ code: 'app_error', status: 500, message, cause: error }).catch(() => {});
    throw error;
  }
  const { code, details } = error;
  const cause = error.cause instanceof Refusal ? error.cause.cause : error.cause;
  const [status, general] = typeof code === 'string' ? answers[code] : [details.status ?? 400, ''];
  const message = details.message ?? general;
  const logged = details.note ? `${message} ${details.note}` : message;
  tell({
    code,
    status,
    message: logged,
    ...(cause !== undefined && { cause: withoutSecrets(cause, secrets) }),
  }).catch(() => {});
  return reply(
    status,
    { code, message, status, more_info: details.moreInfo, issues: details.issues },
    details.headers,
  );
}
