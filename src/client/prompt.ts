/** The browser's prompt: how long it is waited for, and what its exceptions mean. */

import type { Ceremony } from '../contract/ceremony.ts';
import { demandRunning, limit, race } from './abort.ts';
import { PasskeyError, type PasskeyErrorCode } from './error.ts';

/**
 * Waits for the browser, but never for good: the caller's signal ends it, and so does the options' timeout, after
 * which Verify would refuse the answer anyway.
 */
export async function ask<T>(
  ceremony: Ceremony,
  timeout: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T | null>,
): Promise<T> {
  demandRunning(signal);
  const late = (cause?: unknown) =>
    new PasskeyError('timed_out', `Nobody answered the prompt within ${timeout} ms.`, { cause });
  const { controller, leave } = limit(signal, timeout, late);
  const began = performance.now();
  try {
    const credential = await race(call(controller.signal), controller.signal);
    if (credential) return credential;
    throw new PasskeyError('no_credential', 'The browser answered without a credential.');
  } catch (error) {
    demandRunning(controller.signal);
    if (error instanceof PasskeyError) throw error;
    const meant = toPasskeyError(ceremony, error);
    throw meant.code === 'cancelled' && performance.now() - began >= timeout ? late(error) : meant;
  } finally {
    leave();
  }
}

/** https://www.w3.org/TR/webauthn-3/#sctn-op-make-cred and https://www.w3.org/TR/webauthn-3/#sctn-op-get-assertion */
const meanings: Record<string, [code: PasskeyErrorCode, message: string]> = {
  NotAllowedError: ['cancelled', 'The prompt was closed or refused, or no passkey was found'],
  AbortError: ['aborted', 'The browser aborted the ceremony'],
  InvalidStateError: ['already_registered', 'This authenticator holds a passkey of this user already'],
  NotSupportedError: ['unsupported', 'No authenticator here can do what the options ask'],
  ConstraintError: ['unsupported', 'No authenticator here can do what the options ask'],
  SecurityError: [
    'wrong_relying_party',
    "The relying party id is neither the page's domain nor a parent of it",
  ],
};

function toPasskeyError(ceremony: Ceremony, cause: unknown): PasskeyError {
  const { name = '', message = String(cause) } = (cause ?? {}) as Partial<Error>;
  const known =
    Object.hasOwn(meanings, name) && !(name === 'InvalidStateError' && ceremony === 'authenticate');
  const [code, meaning] = known
    ? meanings[name]!
    : (['authenticator_failed', 'The browser or the authenticator failed'] as const);
  return new PasskeyError(code, `${meaning}: ${message}`, { cause });
}
