/** Bounds how long the relay waits: for a body, for Verify, for the storage. */

/** What was waited for did not come within the relay's `timeout`. */
export class Late extends Error {}

/**
 * Waits for `work` for `timeout` milliseconds and no longer than the page does, whose signal `also` is. The signal
 * that `work` is given says so, and where it is not heeded the waiting ends all the same.
 */
export async function within<T>(
  timeout: number,
  work: (signal: AbortSignal) => T,
  also?: AbortSignal,
): Promise<Awaited<T>> {
  also?.throwIfAborted();
  const call = new AbortController();
  let stop = (_reason: unknown) => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = (reason) => {
      call.abort(reason);
      reject(reason);
    };
  });
  const leave = () => stop(also?.reason);
  const timer = setTimeout(() => stop(new Late(`nothing within ${timeout} ms`)), timeout);
  also?.addEventListener('abort', leave);
  try {
    return await Promise.race([work(call.signal), stopped]);
  } finally {
    clearTimeout(timer);
    also?.removeEventListener('abort', leave);
  }
}
