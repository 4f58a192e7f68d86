/** Loads a part of this package that a page does not need at first. */
import { within } from './abort.ts';
import { PasskeyError } from './error.ts';

/** Loads a part within so many milliseconds, for as long as the signal lasts. */
export type Load = <T>(part: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * A part may be gone after a deploy, may stall, or may be forbidden: webpack's import() throws at once where Trusted
 * Types forbid its script. The next call asks for it again.
 */
export const createLoad =
  (timeout: number): Load =>
  (part, signal) => {
    const gone = (cause?: unknown) =>
      new PasskeyError('unreachable', 'A part of verify-passkeys could not be loaded: reload the page.', {
        cause,
      });
    return within({ timeout, signal, late: gone, failed: gone }, part);
  };
