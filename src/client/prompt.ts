/** The browser's prompt: how long it is waited for, and what its exceptions mean. */
import type { Ceremony } from '../contract/ceremony.ts';
import { within } from './abort.ts';
import { notPermitted } from './capabilities.ts';
import { PasskeyError, type PasskeyErrorCode } from './error.ts';

/** What is asked of the browser: the ceremony, how long it may take (milliseconds), and the user's side of the options. */
export type Asked = { ceremony: Ceremony; timeout: number; criteria: object | undefined };

/**
 * Waits for the browser, but never for good: the caller's signal ends it, and so does the options' timeout, after
 * which Verify would refuse the answer anyway.
 */
export async function ask<T>(
  asked: Asked,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T | null>,
): Promise<T> {
  const { timeout } = asked;
  const late = (cause?: unknown) =>
    new PasskeyError('timed_out', `Nobody answered the prompt within ${timeout} ms.`, { cause });
  const began = performance.now();
  const failed = (cause: unknown) => {
    const meant = toPasskeyError(asked, cause);
    return meant.code === 'cancelled' && performance.now() - began >= timeout ? late(cause) : meant;
  };
  return within({ timeout, signal, late, failed }, async (signal) => {
    const credential = await call(signal);
    if (credential) return credential;
    throw new PasskeyError('no_credential', 'The browser answered without a credential.');
  });
}

/**
 * An AbortError is the browser's own here: our signals end the wait before it comes. Firefox has it for a prompt that
 * its user closed.
 * https://www.w3.org/TR/webauthn-3/#sctn-op-make-cred and https://www.w3.org/TR/webauthn-3/#sctn-op-get-assertion
 */
const meanings: Record<string, [code: PasskeyErrorCode, message: string]> = {
  NotAllowedError: ['cancelled', 'The prompt was closed or refused, or no passkey was found'],
  AbortError: ['cancelled', 'The browser closed the prompt'],
  InvalidStateError: ['already_registered', 'This authenticator holds a passkey of this user already'],
  NotSupportedError: ['unsupported', 'No authenticator here can do what the options ask'],
  ConstraintError: ['unsupported', 'No authenticator here can do what the options ask'],
  SecurityError: [
    'wrong_relying_party',
    "The relying party id is neither the page's domain nor a parent of it",
  ],
};

function toPasskeyError({ ceremony, criteria = {} }: Asked, cause: unknown): PasskeyError {
  const [name, said] = describe(cause);
  if (name === 'NotAllowedError' && isForbidden(said)) return notPermitted(ceremony, cause);
  const isKnown =
    Object.hasOwn(meanings, name) && !(name === 'InvalidStateError' && ceremony === 'authenticate');
  const [code, meaning] = isKnown
    ? meanings[name]!
    : (['authenticator_failed', 'The browser or the authenticator failed'] as const);
  const wishes = Object.entries(criteria).flatMap(([wish, value]) =>
    value == null ? [] : `${wish} ${value}`,
  );
  const which = code === 'unsupported' && wishes.length > 0 ? ` (${wishes.join(', ')})` : '';
  return new PasskeyError(code, `${meaning}${which}: ${said}`, { cause });
}

/** The name and message of whatever was thrown. An extension may throw anything, even what cannot be read. */
function describe(thrown: unknown): [name: string, message: string] {
  try {
    const { name = '', message = thrown } = (thrown ?? {}) as Partial<Error>;
    return [`${name}`, `${message}`];
  } catch {
    return ['', 'what it threw cannot be read'];
  }
}

/** How Chromium, Safari and Firefox say that a frame or a policy forbids the call; Firefox says it of background tabs too. */
function isForbidden(message: string): boolean {
  const isVisibleFrame = globalThis.top !== globalThis.self && document.visibilityState === 'visible';
  return (
    /not enabled in this document|its ancestors|cross-origin iframe/.test(message) ||
    (isVisibleFrame && /^Credentials?Container request is not allowed/.test(message))
  );
}
