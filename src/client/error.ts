/** The one error that every Passkeys method rejects with, and its codes. */
import type { Issue } from '../contract/check/mistake.ts';
import type { Rejection } from '../contract/rejection.ts';

/**
 * What went wrong. README's table says what to tell the user and what to offer next for each.
 *
 * - `unsupported`: no WebAuthn here, or no authenticator can do what the options ask
 * - `insecure_context`: the page is neither https nor localhost
 * - `aborted`: the caller's signal, or another ceremony of the same page
 * - `cancelled`: closed, refused, or nothing found; the browser will not say which
 * - `timed_out`: the options' timeout, or the relay slower than `timeout`
 * - `already_registered`: this authenticator holds a passkey of `excludeCredentials`
 * - `no_credential`: the browser has none to offer
 * - `wrong_relying_party`: the relying party id is no suffix of the page's domain
 * - `authenticator_failed`: whatever else the browser throws
 * - `invalid_options`: what began the ceremony holds no options; `issues` says where
 * - `invalid_credential`: the check found something and nothing was sent; `issues` says what
 * - `not_signed_in`: the relay knew nobody
 * - `rejected`: Verify or the relay said no; `rejection` says why
 * - `rate_limited`: too many requests; `retryAfter` says how long to wait, where told
 * - `unreachable`: no answer: network, DNS, CORS, connection cut
 * - `invalid_response`: an answer that is none: HTML, cut JSON, wrong shape or status
 */
export type PasskeyErrorCode =
  | 'unsupported'
  | 'insecure_context'
  | 'aborted'
  | 'cancelled'
  | 'timed_out'
  | 'already_registered'
  | 'no_credential'
  | 'wrong_relying_party'
  | 'authenticator_failed'
  | 'invalid_options'
  | 'invalid_credential'
  | 'not_signed_in'
  | 'rejected'
  | 'rate_limited'
  | 'unreachable'
  | 'invalid_response';

/** What an error carries beside its code and message. */
export type PasskeyErrorDetails = {
  cause?: unknown;
  rejection?: Rejection | undefined;
  retryAfter?: number | undefined;
  issues?: Issue[] | undefined;
};

// A brand instead of instanceof or a name: two copies of this package, minified apart, know each other's errors.
const brand = Symbol.for('verify-passkeys.error');

/**
 * A ceremony that failed. `message` is for the developer's console, never for the user: README's table says what to
 * tell them by `code`. Neither holds credential bytes or secrets.
 */
export class PasskeyError extends Error {
  override readonly name = 'PasskeyError';
  readonly code: PasskeyErrorCode;
  /** Why Verify or the relay said no: Twilio's number or the relay's word, message, HTTP status and page. */
  readonly rejection?: Rejection;
  /** Seconds to wait before trying again. */
  readonly retryAfter?: number;
  /** What is wrong with the options or the credential, or, for 60380 and its neighbours, may be. */
  readonly issues?: Issue[];

  /** Made by this package; make one yourself only to test how your page tells of it. */
  constructor(
    code: PasskeyErrorCode,
    message: string,
    { cause, rejection, retryAfter, issues }: PasskeyErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    if (rejection) this.rejection = rejection;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
    if (issues) this.issues = issues;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether something caught is a PasskeyError, of this copy of the package or another. */
export function isPasskeyError(error: unknown): error is PasskeyError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[brand] === true;
}
