/** The one error that every Passkeys method rejects with. */
import type { Issue } from '../contract/check/issue.ts';
import type { PasskeyErrorCode } from '../contract/error-code.ts';
import type { Rejection } from '../contract/rejection.ts';

export type { PasskeyErrorCode };

/** What an error carries beside its code and message. */
export type PasskeyErrorDetails = {
  /** What was thrown before: by the browser, the network, or the caller's signal. */
  cause?: unknown;
  /** Why Verify or the relay said no. */
  rejection?: Rejection | undefined;
  /** Seconds to wait before trying again. */
  retryAfter?: number | undefined;
  /** What is wrong with the options or the credential. */
  issues?: Issue[] | undefined;
};

// A brand instead of instanceof or a name: two copies of this package, minified apart, know each other's errors.
const brand = Symbol.for('verify-passkeys.error');

/**
 * A ceremony that failed. `message` is for the developer's console, never for the user: the guide "Errors" says
 * what to tell them by `code`. Neither holds credential bytes or secrets.
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

/**
 * Whether something caught is a PasskeyError, of this copy of the package or another.
 *
 * @example
 * ```ts
 * try {
 *   await createPasskeys({ baseUrl: '/passkeys' }).authenticate();
 * } catch (error) {
 *   if (!isPasskeyError(error)) throw error;
 *   console.error(error.code, error.message);
 * }
 * ```
 */
export function isPasskeyError(error: unknown): error is PasskeyError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[brand] === true;
}
