/**
 * What the words of a browser's exception mean, if its name alone would mislead: browsers throw a NotAllowedError when
 * the user closes the prompt, and also for faults of the page. If a browser changes these words, the name decides.
 *
 * The words are those of Chromium's authentication_credentials_container.cc and credential_utils.cc, of WebKit's
 * CredentialsContainer.cpp, AuthenticatorCoordinator.cpp and AuthenticatorManager.cpp, and of Firefox's
 * CredentialsContainer.cpp. Loaded with the first such exception.
 */
import type { Ceremony } from '../contract/ceremony.ts';
import { sayForbidden } from './capabilities.ts';
import type { Meaning } from './exception.ts';

/** Returns undefined if the words say no more than the name. */
export function findMeaning(ceremony: Ceremony, name: string, said: string): Meaning | undefined {
  if (/request is already pending|by a new request/.test(said)) return anotherScript;
  if (name !== 'NotAllowedError') return undefined;
  if (isFrameForbidden(said)) return ['not_permitted', sayForbidden(ceremony)];
  return notAllowed.find(([words]) => words.test(said))?.[1];
}

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
