/** What a refusal of the relay is: its code, HTTP status and message, thrown as an error. */
import type { Issue } from '../contract/check/issue.ts';

/**
 * The relay's own codes: `code` in its answers and in `onRefused`. A number there is one of Twilio's codes.
 *
 * - `not_signed_in` (401): `identify` returned `null` for a route that needs a user.
 * - `forbidden_origin` (403): the calling page, or the page where the credential was signed, is not among `origins`.
 * - `unknown_credential` (403): neither the relay nor Verify knows the owner of this passkey.
 * - `not_allowed` (403): `onApproved`, `onVerified` or `onRemove` returned `false`.
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

/** The HTTP status of each code, and its message if the refusal has no more exact one. */
export const refusals: Record<RelayCode, readonly [status: number, message: string]> = {
  not_signed_in: [401, 'Nobody is signed in: sign in first, then try again.'],
  forbidden_origin: [403, "The page's origin is not among the relay's origins."],
  unknown_credential: [403, 'Neither this relay nor Verify knows whose passkey this is.'],
  not_allowed: [403, 'The app does not allow this.'],
  not_found: [404, 'There is no such passkey or route.'],
  method_not_allowed: [405, 'This route does not take that method.'],
  ceremony_mismatch: [
    409,
    'This browser did not begin the ceremony that the credential finishes: begin again.',
  ],
  no_ceremony_cookie: [409, 'The browser sent no ceremony cookie: begin again.'],
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

type Details = {
  /** The page's message, instead of the code's general one. */
  message?: string;
  /** Added to the message for `onRefused` only. */
  note?: string;
  /** The HTTP status, if the code is Twilio's number. */
  status?: number;
  moreInfo?: string | undefined;
  issues?: Issue[];
  headers?: HeadersInit;
  cause?: unknown;
};

/** One of the relay's own codes, or one of Twilio's numbers with its message. */
export class Refusal extends Error {
  readonly code: RelayCode | number;
  readonly details: Details;

  constructor(code: RelayCode | number, details: Details = {}) {
    super(details.message ?? String(code), 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.details = details;
  }
}

/** Whether Verify refused since it has no such Factor, or no Entity that could have it. */
export const isMissingFactor = (error: unknown): boolean =>
  isMissingEntity(error) || (error instanceof Refusal && error.code === 60390);

/** Whether Verify refused since it has no such Entity. 20404 has become `not_found`. */
export const isMissingEntity = (error: unknown): boolean =>
  error instanceof Refusal && (error.code === 'not_found' || error.code === 60392);

/** Refuses a bad body with 400 and the number of its first issue. */
export function refuseBody(issues: Issue[], cause?: unknown): Refusal {
  const { code, message } = issues[0]!; // A bad body has at least one issue.
  return new Refusal(code, { message, issues, cause });
}
