/** The one error that every Passkeys method rejects with. */
import type { Issue } from '../contract/check/issue.ts';
import type { PasskeyErrorCode } from '../contract/error-code.ts';
import type { Rejection } from '../contract/rejection.ts';

export type { PasskeyErrorCode };

/** What an error carries beside its code and message. */
export type PasskeyErrorDetails = {
  /** The error behind this one, from the browser or the network, or the reason of the caller's signal. */
  cause?: unknown;
  /** Why Verify or the relay refused. */
  rejection?: Rejection | undefined;
  /** Seconds to wait before trying again. */
  retryAfter?: number | undefined;
  /** What is wrong with the options or the credential. */
  issues?: Issue[] | undefined;
};

// A brand instead of instanceof, so that two copies of this package know each other's errors.
const brand = Symbol.for('verify-passkeys.error');

/**
 * A ceremony that failed. `message` is for the developer's console, never for the user: the guide "Errors" says
 * what to tell the user for each `code`. It contains no credential bytes and no secrets.
 */
export class PasskeyError extends Error {
  /** Always `PasskeyError`. */
  override readonly name = 'PasskeyError';
  /** What went wrong. */
  readonly code: PasskeyErrorCode;
  /** Why Verify or the relay refused: Twilio's number or the relay's code, with message, HTTP status and page. */
  readonly rejection?: Rejection;
  /** Seconds to wait before trying again. */
  readonly retryAfter?: number;
  /** What is wrong with the options or the credential; after a refusal such as 60380, what may be wrong with it. */
  readonly issues?: Issue[];

  /** This package makes these errors. Make one yourself only to test how your page shows it. */
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
 * Whether a caught value is a PasskeyError, from this copy of the package or another one.
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
  try {
    // Any object can be asked for a symbol, but a Proxy may throw.
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[brand] === true;
  } catch {
    return false;
  }
}
