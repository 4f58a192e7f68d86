/** Loads a part of this package that a page does not need at first. */
import { within } from './abort.ts';
import { createError } from './error.ts';

/** Loads a part. Rejects when its time is over or the signal aborts. */
export type Load = <T>(part: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * import() may fail after a deploy, may never answer, or may throw at once, as webpack's does if Trusted Types forbid its
 * script. The next call tries again.
 */
export const createLoad =
  (timeout: number): Load =>
  (part, signal) => {
    const gone = (cause?: unknown) =>
      createError('unreachable', 'A part of verify-passkeys could not be loaded: reload the page.', {
        cause,
      });
    return within({ timeout, signal, timedOut: gone, failed: gone }, part);
  };
