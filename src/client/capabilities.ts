/** What this browser can do with passkeys: from getClientCapabilities() if the browser has it, otherwise from older methods. */
import type { Ceremony } from '../contract/ceremony.ts';
import { createError } from './error.ts';

/** What this browser can do. A member is false if the browser lacks the feature or does not say, and on a server. */
export type Capabilities = {
  /** The browser has all of WebAuthn, `create` and `get`, and the page is secure. */
  passkeys: boolean;
  /** This device has an authenticator that verifies its user: Face ID, Windows Hello, a screen lock. */
  platform: boolean;
  /** `autofill` works: passkeys beside passwords in an input's suggestions. */
  autofill: boolean;
  /** `upgrade` works: a passkey made without a prompt after a password sign-in. */
  upgrade: boolean;
  /** A phone nearby can be used by scanning a QR code. */
  hybrid: boolean;
  /** The page can tell the browser which passkeys still exist and what their user is called. */
  signals: boolean;
  /** `authenticate({ immediate: true })` answers at once if this device has no passkey. */
  immediate: boolean;
  /** A page may use the passkeys of a related domain. https://www.w3.org/TR/webauthn-3/#sctn-related-origins */
  relatedOrigins: boolean;
};

type Probes = {
  getClientCapabilities?(): Promise<Record<string, boolean | undefined>>;
  isConditionalMediationAvailable?(): Promise<boolean>;
  isUserVerifyingPlatformAuthenticatorAvailable?(): Promise<boolean>;
};

/**
 * Asks the browser what it can do. Never rejects. Each call asks again, since security keys and phones come and go.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-getClientCapabilities
 * @example
 * ```ts
 * const { passkeys, autofill } = await capabilities();
 * document.querySelector('button')!.hidden = !passkeys;
 * if (autofill) console.log('The field can offer passkeys.');
 * ```
 */
export async function capabilities(): Promise<Capabilities> {
  const probes = findProbes();
  const told = await ask(() => probes?.getClientCapabilities?.());
  const probe = async (
    name: string,
    older: 'isConditionalMediationAvailable' | 'isUserVerifyingPlatformAuthenticatorAvailable',
  ) => told?.[name] ?? (await ask(() => probes?.[older]?.())) ?? false;
  const says = (name: string) => told?.[name] ?? false;
  return {
    passkeys: probes !== undefined,
    platform: await probe(
      'userVerifyingPlatformAuthenticator',
      'isUserVerifyingPlatformAuthenticatorAvailable',
    ),
    autofill: await probe('conditionalGet', 'isConditionalMediationAvailable'),
    upgrade: says('conditionalCreate'),
    hybrid: says('hybridTransport'),
    signals: signals.every((name) => told?.[name] ?? (probes !== undefined && name in probes)),
    immediate: says('immediateGet'),
    relatedOrigins: says('relatedOrigins'),
  };
}

const signals = ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails'];

function findProbes(): Probes | undefined {
  // Old browsers and servers lack these.
  const {
    isSecureContext,
    PublicKeyCredential,
  }: { isSecureContext?: boolean; PublicKeyCredential?: Probes } = globalThis;
  const isThere = typeof PublicKeyCredential === 'function' && hasBothCalls();
  return isSecureContext !== false && isThere ? PublicKeyCredential : undefined;
}

/** Privacy modes and extensions remove one of the two calls, or put something else in its place. */
function hasBothCalls(): boolean {
  try {
    const { create, get } = globalThis.navigator.credentials;
    return typeof create === 'function' && typeof get === 'function';
  } catch {
    // There is no navigator.credentials, or it cannot be read.
    return false;
  }
}

/** Milliseconds. Browsers answer much sooner, but an extension may have replaced the probe. */
const probeTimeout = 5000;

/** Returns undefined if the probe fails or does not answer in time. */
async function ask<T>(probe: () => Promise<T> | undefined): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, probeTimeout, undefined);
  });
  try {
    return await Promise.race([probe(), silence]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Called before the options are fetched: otherwise Verify would keep a Factor that nobody can finish. */
export function demandWebAuthn(ceremony: Ceremony): void {
  if (globalThis.isSecureContext === false) {
    throw createError('insecure_context', 'Passkeys need https or localhost: open the page there.');
  }
  if (!findProbes()) {
    throw createError(
      'unsupported',
      'This browser has no WebAuthn, or only half of it: offer another way to sign in.',
    );
  }
  // Only Chromium has this API, which the DOM's types lack. It also says false of a feature that it does not know.
  // https://developer.mozilla.org/docs/Web/API/FeaturePolicy
  const { featurePolicy: policy } = document as { featurePolicy?: Policy };
  if (policy?.features().includes(featureOf[ceremony]) && !policy.allowsFeature(featureOf[ceremony])) {
    throw createError('not_permitted', `${sayForbidden(ceremony)}.`);
  }
}

type Policy = { features(): string[]; allowsFeature(name: string): boolean };

/** https://www.w3.org/TR/webauthn-3/#sctn-permissions-policy */
const featureOf = { register: 'publickey-credentials-create', authenticate: 'publickey-credentials-get' };

/** Browsers also forbid a registration in a frame of another site without a click in that frame. */
export const sayForbidden = (ceremony: Ceremony): string =>
  `The page's Permissions-Policy or the frame it is in forbids ${featureOf[ceremony]}`;
