/** The browser's prompt: how long to wait for it. */
import type { Ceremony } from '../contract/ceremony.ts';
import { within } from './abort.ts';
import { createError } from './error.ts';
import { readException } from './exception.ts';

/** What the browser is asked for. */
export type PromptRequest = {
  ceremony: Ceremony;
  /** Milliseconds that the user has to answer. */
  timeout: number;
  /** What the options require of the authenticator. */
  criteria: object | undefined;
  /** Whether only a passkey of this device is asked for. */
  isImmediate?: boolean;
};

/**
 * Waits for the browser until the caller's signal aborts or the options' timeout is over. Verify would refuse a later
 * answer anyway.
 */
export async function ask<T>(
  request: PromptRequest,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T | null>,
): Promise<T> {
  const { timeout } = request;
  const timedOut = (cause?: unknown) =>
    createError('timed_out', `Nobody answered the prompt within ${timeout} ms.`, { cause });
  const began = performance.now();
  const failed = async (cause: unknown) => {
    const isOver = performance.now() - began >= timeout;
    const error = await readException(request, cause);
    return isOver && /^(cancelled|no_credential)$/.test(error.code) ? timedOut(cause) : error;
  };
  return within({ timeout, signal, timedOut, failed }, async (until) => {
    const credential = await call(until);
    if (credential) return credential;
    throw createError('no_credential', 'The browser answered without a credential.');
  });
}
