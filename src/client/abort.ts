/** Ends what is waited for: by the caller's signal, by another ceremony, or by a time limit. */
import { isPasskeyError, PasskeyError } from './error.ts';
import { longestTimer } from './lifetime.ts';

/** A controller that aborts with the signal, or by itself; `leave` stops it from following the signal. */
export function follow(signal: AbortSignal | undefined): { controller: AbortController; leave: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(aborted(signal!.reason));
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return { controller, leave: () => signal?.removeEventListener('abort', abort) };
}

/** How long something may take, who may end it, and what to throw when it is late or fails. */
type Bounds = {
  /** Milliseconds. */
  timeout: number;
  signal: AbortSignal | undefined;
  late: () => PasskeyError;
  failed: (error: unknown) => PasskeyError;
};

/** Resolves with what `run` gives, or rejects as soon as the time is over, the signal aborts or `run` fails. */
export async function within<T>(
  { timeout, signal, late, failed }: Bounds,
  run: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  demandRunning(signal);
  const { controller, leave } = follow(signal);
  const timer = setTimeout(() => controller.abort(late()), Math.min(timeout, longestTimer));
  try {
    return await race(Promise.resolve(run(controller.signal)), controller.signal);
  } catch (error) {
    demandRunning(controller.signal);
    throw isPasskeyError(error) ? error : failed(error);
  } finally {
    clearTimeout(timer);
    leave();
  }
}

/** Resolves with the promise, or rejects as soon as the signal aborts. */
export function race<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const leave = () => reject(aborted(signal.reason));
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** The reason of an aborted signal as the error to throw. The caller's own reason stays as the cause. */
export function aborted(reason: unknown): PasskeyError {
  if (isPasskeyError(reason)) return reason;
  return new PasskeyError('aborted', "The caller's signal aborted it.", { cause: reason });
}

export function demandRunning(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal.reason);
}
