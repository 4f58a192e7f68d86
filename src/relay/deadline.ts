/** Limits the time of one call by the page: its body, Verify and the storage share one deadline. */

/** One call of the page. */
export type Call = {
  /** Milliseconds until the deadline; 0 or less once it has passed. */
  left(): number;
  /** The Twilio-Request-Id of Verify's last answer in this call. */
  requestId?: string;
};

export function startCall(timeout: number): Call {
  const end = performance.now() + timeout;
  return { left: () => end - performance.now() };
}

/** Something did not arrive within the relay's `timeout`. */
export class Late extends Error {}

/**
 * Waits for `work` for at most `timeout` milliseconds, and only until `also`, the page's signal, aborts. Then the
 * signal given to `work` aborts too, and the wait ends even if `work` ignores it.
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
  const timer = setTimeout(() => stop(new Late(`no result within ${timeout} ms`)), timeout);
  also?.addEventListener('abort', leave);
  try {
    return await Promise.race([work(call.signal), stopped]);
  } finally {
    clearTimeout(timer);
    also?.removeEventListener('abort', leave);
  }
}
