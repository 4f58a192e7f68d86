/** Limits the time of one call by the page: its body, Verify and the storage share one deadline. */

/** The deadline of one call. */
export type Deadline = {
  /** Milliseconds until the deadline; 0 or less once it has passed. */
  left(): number;
  /** Milliseconds in which Verify may answer: what it says must still be told to the app and to the store. */
  leftForVerify(): number;
  /** Milliseconds in which the app may answer. What it decides must still be stored. */
  leftForApp(): number;
};

/** The shares of the whole time that are kept for what follows. */
const kept = { afterVerify: 0.25, afterApp: 0.125 };

export function startDeadline(timeout: number): Deadline {
  const end = performance.now() + timeout;
  const left = () => end - performance.now();
  return {
    left,
    leftForVerify: () => left() - kept.afterVerify * timeout,
    leftForApp: () => left() - kept.afterApp * timeout,
  };
}

/** Something did not arrive within the relay's `timeout`. */
export class TimedOut extends Error {}

/**
 * Waits for `work` for at most `timeout` milliseconds, and only until `page`, the page's signal, aborts. Then the
 * signal given to `work` aborts too, and the wait ends even if `work` ignores it.
 */
export async function within<T>(
  timeout: number,
  work: (signal: AbortSignal) => T,
  page?: AbortSignal,
): Promise<Awaited<T>> {
  page?.throwIfAborted();
  if (timeout <= 0) throw new TimedOut('no time is left');
  const call = new AbortController();
  let stop = (_reason: unknown) => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = (reason) => {
      call.abort(reason);
      reject(reason);
    };
  });
  const leave = () => stop(page?.reason);
  const timer = setTimeout(() => stop(new TimedOut(`no result within ${timeout} ms`)), timeout);
  page?.addEventListener('abort', leave);
  try {
    return await Promise.race([work(call.signal), stopped]);
  } finally {
    clearTimeout(timer);
    page?.removeEventListener('abort', leave);
  }
}
