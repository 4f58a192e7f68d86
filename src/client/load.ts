/** Loads a part of this package that a page does not need at first. */
import { within } from './abort.ts';
import { createError } from './error.ts';

/** Loads a part. Rejects when its time is over or the signal aborts. */
export type Load = <T>(part: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * A part may be gone after a deploy, may stall, or may be forbidden: where Trusted Types forbid its script, webpack's
 * import() throws at once. The next call tries again.
 */
export const createLoad =
  (timeout: number): Load =>
  (part, signal) => {
    const gone = (cause?: unknown) =>
      createError('unreachable', 'A part of verify-passkeys could not be loaded: reload the page.', {
        cause,
      });
    return within({ timeout, signal, late: gone, failed: gone }, part);
  };
