/** The browser's prompt: how long to wait for it, and what its exceptions mean. */
import type { Ceremony } from '../contract/ceremony.ts';
import { within } from './abort.ts';
import { notPermitted } from './capabilities.ts';
import { PasskeyError, type PasskeyErrorCode } from './error.ts';

/** What the browser is asked for: the ceremony, its timeout in milliseconds, and what the options require. */
export type Asked = { ceremony: Ceremony; timeout: number; criteria: object | undefined };

/**
 * Waits for the browser until the caller's signal aborts or the options' timeout is over. Verify would refuse a later
 * answer anyway.
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
  return within({ timeout, signal, late, failed }, async (until) => {
    const credential = await call(until);
    if (credential) return credential;
    throw new PasskeyError('no_credential', 'The browser answered without a credential.');
  });
}

/**
 * An AbortError comes from the browser itself here, since our signals end the wait before it. Firefox throws it when
 * the user closes the prompt.
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
  const [code, meaning]: [PasskeyErrorCode, string] = isKnown
    ? meanings[name]! // isKnown says that it is there.
    : ['authenticator_failed', 'The browser or the authenticator failed'];
  const wishes = Object.entries(criteria).flatMap(([wish, value]) =>
    value == null ? [] : `${wish} ${value}`,
  );
  const which = code === 'unsupported' && wishes.length > 0 ? ` (${wishes.join(', ')})` : '';
  return new PasskeyError(code, `${meaning}${which}: ${said}`, { cause });
}

/** The name and message of whatever was thrown. An extension may throw anything, even a value that cannot be read. */
function describe(thrown: unknown): [name: string, message: string] {
  try {
    const { name = '', message = thrown }: { name?: unknown; message?: unknown } = thrown ?? {};
    return [`${name}`, `${message}`];
  } catch {
    return ['', 'what it threw cannot be read'];
  }
}

/**
 * Whether the browser's message says that a frame or a policy forbids the call. Browsers throw a NotAllowedError here
 * and for a closed prompt, so only the words tell them apart: where a browser changes them, the code is `cancelled`.
 * Firefox says the same of background tabs.
 */
function isForbidden(message: string): boolean {
  const isVisibleFrame = globalThis.top !== globalThis.self && document.visibilityState === 'visible';
  return (
    /not enabled in this document|its ancestors|cross-origin iframe/.test(message) ||
    (isVisibleFrame && /^Credentials?Container request is not allowed/.test(message))
  );
}
