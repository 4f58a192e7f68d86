/** Bounds how long one call of the page may take: its body, Verify and the storage share one deadline. */

/** One call of the page. */
export type Call = {
  /** Milliseconds until the deadline; 0 or less once it has passed. */
  left(): number;
  /** Twilio's name for the last answer that Verify gave in this call. */
  requestId?: string;
};

export function startCall(timeout: number): Call {
  const end = performance.now() + timeout;
  return { left: () => end - performance.now() };
}

/** What was waited for did not come within the relay's `timeout`. */
export class Late extends Error {}

/**
 * Waits for `work` for `timeout` milliseconds and no longer than the page does, whose signal `also` is. The signal
 * that `work` is given aborts then, and where it is not heeded the waiting ends all the same.
 */
export async function within<T>(
  timeout: number,
  work: (signal: AbortSignal) => T,
  also?: AbortSignal,
): Promise<Awaited<T>> {
  also?.throwIfAborted();
  if (timeout <= 0) throw new Late('no time is left');
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
