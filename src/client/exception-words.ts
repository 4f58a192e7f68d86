/**
 * The sentence that tells what a browser's exception means. Browsers throw a NotAllowedError when the user closes the
 * prompt, and also for faults of the page: the words then decide its code too. If a browser changes them, the name does.
 *
 * The words are those of Chromium's authentication_credentials_container.cc and credential_utils.cc, of WebKit's
 * CredentialsContainer.cpp, AuthenticatorCoordinator.cpp and AuthenticatorManager.cpp, and of Firefox's
 * CredentialsContainer.cpp. Loaded with the first exception.
 */
import type { PlainCode } from './error.ts';
import type { Meaning, RefusedCall } from './exception.ts';

/** `byName` is the code that the exception's name means, and `forbidden` says that a policy forbids the call. */
export function findMeaning(
  call: RefusedCall,
  byName: PlainCode,
  name: string,
  said: string,
  forbidden: string,
): Meaning {
  if (isOfAnotherScript(name, said)) return anotherScript;
  if (name === 'NotAllowedError') {
    if (isFrameForbidden(said)) return ['not_permitted', forbidden];
    const found = notAllowed.find(([words]) => words.test(said));
    if (found) return found[1];
  }
  return [byName, sayCode(call, name === 'AbortError' && byName === 'cancelled' ? name : byName)];
}

const isOfAnotherScript = (name: string, said: string) =>
  /^(?:NotAllowed|InvalidState|Operation)Error$/.test(name) &&
  /request is already pending|by a new request/.test(said);

/** The sentence of a code, or of a name that says more. */
function sayCode({ criteria = {} }: RefusedCall, which: string): string {
  const sentence = sentences[which] ?? 'The browser or the authenticator failed';
  const wishes = Object.entries(criteria).flatMap(([wish, value]) =>
    value == null ? [] : `${wish} ${value}`,
  );
  return sentence.endsWith(beyond) && wishes.length > 0 ? `${sentence} (${wishes.join(', ')})` : sentence;
}

/** The end of each sentence that may blame what the options require. */
const beyond = 'authenticator here can do what the options ask';

const sentences: Partial<Record<string, string>> = {
  // Chromium says it of a security key that cannot store the passkey too.
  cancelled: `The prompt was closed or refused, no passkey was found, or no ${beyond}`,
  AbortError: 'The browser closed the prompt',
  already_registered: 'This authenticator holds a passkey of this user already',
  unsupported: `No ${beyond}`,
  wrong_relying_party: "The relying party id is neither the page's domain nor a parent of it",
  no_credential:
    'This device has no passkey for this page, the offer was closed, or the window is private: offer another way',
};

const anotherScript: Meaning = [
  'authenticator_failed',
  'Another script of this page has asked the browser for a credential, and browsers take one request at a time: abort that request by its signal, or wait for its end, and try again',
];

const notAllowed: readonly [words: RegExp, Meaning][] = [
  [
    /TLS certificate/,
    [
      'not_permitted',
      'Passkeys need a certificate that the browser trusts, or http://localhost; a warning that was clicked away is not enough',
    ],
  ],
  [
    /activation is required/,
    ['not_permitted', 'The browser wants a click or a key press of the user right before this call'],
  ],
  [
    /immediate mediation|not permitted to use|only valid when|largeBlob|not fully active/i,
    ['not_permitted', 'The browser does not let this page ask for this'],
  ],
  [
    /focus|gesture|^Credentials?Container request is not allowed/i,
    [
      'cancelled',
      'The browser asks only in the window in front, and some only after a click: try again, from a button',
    ],
  ],
];

/** Whether a policy or the frame forbids the call. Firefox has the same words for that and for a background tab. */
function isFrameForbidden(said: string): boolean {
  const isVisibleFrame = globalThis.top !== globalThis.self && document.visibilityState === 'visible';
  return (
    /not enabled in this document|its ancestors|in a cross-origin iframe|fenced frame|opaque origin/.test(
      said,
    ) ||
    (isVisibleFrame && /^Credentials?Container request is not allowed/.test(said))
  );
}
