/** The one error that every Passkeys method rejects with. */
import type { Issue } from '../contract/check/issue.ts';
import type { PasskeyErrorCode } from '../contract/error-code.ts';
import type { Rejection } from '../contract/rejection.ts';

export type { PasskeyErrorCode };

/** What an error may carry beside its code and message. */
export type PasskeyErrorDetails = {
  /** The error behind this one, from the browser or the network, or the reason of the caller's signal. */
  cause?: unknown;
  /** Why Verify or the relay refused: Twilio's number or the relay's code, with message, HTTP status and page. */
  rejection?: Rejection | undefined;
  /** Seconds to wait before trying again: 0 if the server names no time, or one that is over. */
  retryAfter?: number | undefined;
  /** What is wrong with the options or the credential; after a refusal such as 60380, what may be wrong with it. */
  issues?: Issue[] | undefined;
};

/** What every error has. */
export interface CodedError<C extends PasskeyErrorCode> extends Error, Readonly<PasskeyErrorDetails> {
  /** Always `PasskeyError`. */
  readonly name: 'PasskeyError';
  /** What went wrong. */
  readonly code: C;
  /** The error behind this one, from the browser or the network, or the reason of the caller's signal. */
  readonly cause?: unknown;
}

/** Verify or the relay refused. */
export interface RefusedError extends CodedError<'rejected' | 'not_signed_in'> {
  /** Twilio's number or the relay's code, with message, HTTP status and page. */
  readonly rejection: Rejection;
}

/** The server answered 429. */
export interface RateLimitedError extends CodedError<'rate_limited'> {
  /** Seconds to wait before trying again: 0 if the server names no time, or one that is over. */
  readonly retryAfter: number;
}

/** The options or the credential have mistakes. */
export interface InvalidError extends CodedError<'invalid_options' | 'invalid_credential'> {
  /** What is wrong, the most telling first. Only an error that a program made itself may have none. */
  readonly issues: Issue[];
}

/** The codes of the errors that need no detail. */
export type PlainCode = Exclude<PasskeyErrorCode, (RefusedError | RateLimitedError | InvalidError)['code']>;

/**
 * A ceremony that failed. It is a union over `code`: once the code is known, so are the details that it carries.
 * `message` is for the developer's console, never for the user: the guide "Errors" says what to tell the user for each
 * `code`. It contains no credential bytes and no secrets.
 *
 * @example
 * ```ts
 * try {
 *   await createPasskeys({ baseUrl: '/passkeys' }).authenticate();
 * } catch (error) {
 *   if (!isPasskeyError(error)) throw error;
 *   if (error.code === 'rejected') console.error(error.rejection.code, error.rejection.message);
 *   if (error.code === 'invalid_credential') console.error(error.issues[0]?.fix);
 * }
 * ```
 */
export type PasskeyError = RefusedError | RateLimitedError | InvalidError | CodedError<PlainCode>;

// A brand instead of instanceof, so that two copies of this package know each other's errors.
const brand = Symbol.for('verify-passkeys.error');

/** Fills in what a program leaves out that makes such an error itself, so that the types hold for it too. */
const fillers: Record<Exclude<PasskeyErrorCode, PlainCode>, PasskeyErrorDetails> = {
  rejected: { rejection: { code: 'rejected', message: '', status: 400 } },
  not_signed_in: { rejection: { code: 'not_signed_in', message: '', status: 401 } },
  rate_limited: { retryAfter: 0 },
  invalid_options: { issues: [] },
  invalid_credential: { issues: [] },
};

/**
 * The class of every `PasskeyError`. This package makes these errors: make one yourself only to test how your page shows
 * it. A detail that its code always carries is filled in if you leave it out.
 *
 * @example
 * ```ts
 * const error = new PasskeyError('rate_limited', 'a test of the page', { retryAfter: 30 });
 * console.log(error instanceof PasskeyError, error.retryAfter); // true 30
 * ```
 */
export const PasskeyError: {
  /** What `instanceof` finds. */
  readonly prototype: PasskeyError;
  /** Makes an error. Its details may be left out. */
  new <C extends PasskeyErrorCode>(
    code: C,
    message: string,
    details?: PasskeyErrorDetails,
  ): PasskeyError & {
    /** The code that was given. */
    readonly code: C;
  };
} = class extends Error {
  override readonly name = 'PasskeyError';
  readonly code;
  readonly rejection;
  readonly retryAfter;
  readonly issues;

  constructor(code: PasskeyErrorCode, message: string, { cause, ...given }: PasskeyErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    // A plain code has no filler.
    const filler: PasskeyErrorDetails = { ...fillers[code as keyof typeof fillers] };
    this.code = code;
    this.rejection = given.rejection ?? filler.rejection;
    this.retryAfter = given.retryAfter ?? filler.retryAfter;
    this.issues = given.issues ?? filler.issues;
    Object.defineProperty(this, brand, { value: true });
  }
} as unknown as typeof PasskeyError; // A class has one type of instance, and this has one for each code.

type Demanded<E, Name extends keyof E> = PasskeyErrorDetails & Pick<E, Name>;

/** Makes an error. The types demand what its code always carries. */
export function createError(code: PlainCode, message: string, details?: PasskeyErrorDetails): PasskeyError;
export function createError(
  code: RefusedError['code'],
  message: string,
  details: Demanded<RefusedError, 'rejection'>,
): PasskeyError;
export function createError(
  code: RateLimitedError['code'],
  message: string,
  details: Demanded<RateLimitedError, 'retryAfter'>,
): PasskeyError;
export function createError(
  code: InvalidError['code'],
  message: string,
  details: Demanded<InvalidError, 'issues'>,
): PasskeyError;
export function createError(
  code: PasskeyErrorCode,
  message: string,
  details?: PasskeyErrorDetails,
): PasskeyError {
  return new PasskeyError(code, message, details);
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
