/** Ends what is waited for: by the caller's signal, by another ceremony, or by a time limit. */
import { isPasskeyError, PasskeyError } from './error.ts';
import { longestTimer } from './lifetime.ts';

/** A controller that aborts with the signal, or by itself; `leave` ends that. */
export function follow(signal: AbortSignal | undefined): { controller: AbortController; leave: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(aborted(signal!.reason));
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return { controller, leave: () => signal?.removeEventListener('abort', abort) };
}

/** The same, and it aborts with the error of `late` after so many milliseconds. */
export function limit(
  signal: AbortSignal | undefined,
  timeout: number,
  late: () => PasskeyError,
): { controller: AbortController; leave: () => void } {
  const { controller, leave } = follow(signal);
  const timer = setTimeout(() => controller.abort(late()), Math.min(timeout, longestTimer));
  return {
    controller,
    leave() {
      clearTimeout(timer);
      leave();
    },
  };
}

/** The promise's value, or the abortion of the signal where that comes first. */
export function race<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  demandRunning(signal);
  return new Promise((resolve, reject) => {
    const leave = () => reject(aborted(signal.reason));
    signal.addEventListener('abort', leave);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** The reason of an aborted signal as the error to throw: the caller's own stays as the cause. */
export function aborted(reason: unknown): PasskeyError {
  if (isPasskeyError(reason)) return reason;
  return new PasskeyError('aborted', "The caller's signal aborted it.", { cause: reason });
}

export function demandRunning(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal.reason);
}
