/** Ends a wait when the caller's signal aborts, another ceremony takes over, or the time is over. */
import { createError, isPasskeyError, type PasskeyError } from './error.ts';
import { maxTimer } from './lifetime.ts';

/** Returns a controller that aborts with the signal, and a function that ends this link. */
export function follow(signal: AbortSignal | undefined): { controller: AbortController; leave: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(aborted(signal!.reason)); // Called only if there is a signal.
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return { controller, leave: () => signal?.removeEventListener('abort', abort) };
}

/** How long a call may take, which signal ends it, and what to throw if the time is over or the call fails. */
type Bounds = {
  /** Milliseconds. */
  timeout: number;
  signal: AbortSignal | undefined;
  timedOut: () => PasskeyError;
  failed: (error: unknown) => PasskeyError | Promise<PasskeyError>;
};

/** Resolves as `run` does, or rejects as soon as the time is over, the signal aborts or `run` fails. */
export async function within<T>(
  { timeout, signal, timedOut, failed }: Bounds,
  run: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  demandRunning(signal);
  const { controller, leave } = follow(signal);
  const timer = setTimeout(() => controller.abort(timedOut()), Math.min(timeout, maxTimer));
  try {
    return await race(Promise.resolve(run(controller.signal)), controller.signal);
  } catch (error) {
    demandRunning(controller.signal);
    throw isPasskeyError(error) ? error : await failed(error);
  } finally {
    clearTimeout(timer);
    leave();
  }
}

/** Resolves with the promise, or rejects as soon as the signal aborts. */
export function race<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(aborted(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Turns the reason of an aborted signal into the error to throw. The caller's reason becomes its cause. */
export function aborted(reason: unknown): PasskeyError {
  if (isPasskeyError(reason)) return reason;
  return createError('aborted', "The caller's signal aborted it.", { cause: reason });
}

export function demandRunning(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal.reason);
}
