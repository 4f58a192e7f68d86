/**
 * Every refusal of the relay, with its own codes or Twilio's numbers, for the page and for the operator's log. Loaded
 * with the first refusal.
 */

import type { Settings } from './config.ts';
import { withoutSecrets } from './redact.ts';
import { Refusal } from './refusal.ts';
import { reply } from './reply.ts';

/**
 * The relay's own codes: `code` in its answers and in `onRefused`. A number there is one of Twilio's codes.
 *
 * - `not_signed_in` (401): `identify` returned `null` for a route that needs a user.
 * - `forbidden_origin` (403): the calling page, or the page where the credential was signed, is not among `origins`.
 * - `unknown_credential` (403): neither the relay nor Verify knows the owner of this passkey.
 * - `not_allowed` (403): `onApproved` returned `false`.
 * - `not_found` (404): no such route, or no such passkey of this user.
 * - `method_not_allowed` (405): the route does not take this method.
 * - `ceremony_mismatch` (409): this browser did not begin the ceremony that the credential finishes.
 * - `no_ceremony_cookie` (409): the browser sent no ceremony cookie.
 * - `ceremony_expired` (410): the ceremony is older than its options allow.
 * - `body_too_large` (413): more than 64 KiB.
 * - `not_json` (415): the body is not `application/json` in UTF-8.
 * - `misconfigured` (502): Verify refused the relay's own account, key or Service.
 * - `verify_unreachable` (502): the call to Verify failed.
 * - `verify_invalid_answer` (502): Verify's answer is malformed, or contradicts the request.
 * - `storage_unavailable` (503): `storage` failed, took too long or returned invalid data.
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

/** The HTTP status of each code, and the message if the refusal has no more exact one. */
const answers: Record<RelayCode, readonly [status: number, message: string]> = {
  not_signed_in: [401, 'Nobody is signed in: sign in first, then try again.'],
  forbidden_origin: [403, "The page's origin is not among the relay's origins."],
  unknown_credential: [403, 'Neither this relay nor Verify knows whose passkey this is.'],
  not_allowed: [403, 'The app does not let this user sign in.'],
  not_found: [404, 'There is no such passkey or route.'],
  method_not_allowed: [405, 'This route does not take that method.'],
  ceremony_mismatch: [
    409,
    'This browser did not begin the ceremony that the credential finishes: begin again.',
  ],
  no_ceremony_cookie: [
    409,
    "The browser sent no cookie of a ceremony: page and relay must be on the same site, a call across origins needs credentials: 'include', and a cross-site frame has no cookies.",
  ],
  ceremony_expired: [410, 'The ceremony has expired: begin again.'],
  body_too_large: [413, 'The body is larger than 64 KiB.'],
  not_json: [415, 'The body must be application/json in UTF-8.'],
  misconfigured: [
    502,
    'Verify refused the relay itself: check the account, its secret and serviceSid on the server.',
  ],
  verify_unreachable: [502, 'Verify could not be reached: try again in a moment.'],
  verify_invalid_answer: [502, "Verify's answer does not fit the request: begin again."],
  storage_unavailable: [503, 'The storage of passkeys could not be reached: try again in a moment.'],
  verify_timeout: [504, 'Verify took too long to answer: try again in a moment.'],
};

/** What `onRefused` gets for each refusal, for the operator's log. Contains no secret, cookie or credential. */
export type Refused = {
  /**
   * One of the relay's own codes, or Twilio's number. `app_error` is never sent to a page: it means an error that
   * `identify`, `onApproved` or `onVerified` threw, or that the relay did not expect.
   */
  code: RelayCode | 'app_error' | number;
  /** The HTTP status that the page gets, 400 to 599. */
  status: number;
  /** The page's message in one or two sentences, and details for the operator only, such as the allowed origins. */
  message: string;
  /** The error that caused it, if any: from `fetch`, `storage`, the body or the app's own function. */
  cause?: unknown;
  /** The `Twilio-Request-Id` (`RQ…`) of Verify's last answer in this call. Twilio's support finds the call by it. */
  requestId?: string;
};

/**
 * Answers a refusal as `{ code, message, status, more_info?, issues? }` and rethrows other errors. Calls `onRefused`.
 */
export function answer(
  error: unknown,
  request: Request,
  { onRefused, secrets }: Settings,
  requestId: string | undefined,
): Response {
  // An error in the log, now or later, must not change the page's answer.
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
