/** What this browser can do with passkeys: from its own list where it has one, else from the older probes. */
import type { Ceremony } from '../contract/ceremony.ts';
import { PasskeyError } from './error.ts';

/** What this browser can do. Each is false where the browser says no or does not say, and where there is no browser. */
export type Capabilities = {
  /** WebAuthn is there and the page is secure. */
  passkeys: boolean;
  /** This device has an authenticator that verifies its user: Face ID, Windows Hello, a screen lock. */
  platform: boolean;
  /** `autofill` works: passkeys beside passwords in an input's suggestions. */
  autofill: boolean;
  /** `upgrade` works: a passkey made in silence after a password sign-in. */
  upgrade: boolean;
  /** A phone nearby can be used by its camera. */
  hybrid: boolean;
  /** The browser takes the page's word on which passkeys still exist and what their user is called. */
  signals: boolean;
  /** `authenticate({ immediate: true })` answers at once where this device has no passkey. */
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
 * Asks the browser what it can do. Never rejects. Asks anew each time, as a security key or a phone may come and go.
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
  const { isSecureContext, PublicKeyCredential } = globalThis as {
    isSecureContext?: boolean;
    PublicKeyCredential?: Probes;
  };
  const isThere = typeof PublicKeyCredential === 'function' && globalThis.navigator?.credentials;
  return isSecureContext !== false && isThere ? PublicKeyCredential : undefined;
}

/** Milliseconds to wait for a probe: real ones answer in far less, but an extension may have replaced them. */
const longest = 5000;

/** A probe that fails or does not answer says no. */
async function ask<T>(probe: () => Promise<T> | undefined): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, longest, undefined);
  });
  try {
    return await Promise.race([probe(), silence]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Called before anything is asked of Verify, which would keep a Factor that nobody can finish. */
export function demandWebAuthn(ceremony: Ceremony): void {
  if (globalThis.isSecureContext === false) {
    throw new PasskeyError('insecure_context', 'Passkeys need https or localhost: open the page there.');
  }
  if (!findProbes()) {
    throw new PasskeyError('unsupported', 'This browser has no WebAuthn: offer another way to sign in.');
  }
  // Chromium alone can be asked. It says no to a name that it does not know, too.
  // https://developer.mozilla.org/docs/Web/API/FeaturePolicy
  const { featurePolicy: policy } = document as { featurePolicy?: Policy };
  if (policy?.features().includes(featureOf[ceremony]) && !policy.allowsFeature(featureOf[ceremony])) {
    throw notPermitted(ceremony);
  }
}

type Policy = { features(): string[]; allowsFeature(name: string): boolean };

/** https://www.w3.org/TR/webauthn-3/#sctn-permissions-policy */
const featureOf = { register: 'publickey-credentials-create', authenticate: 'publickey-credentials-get' };

/** A registration in a frame of another site also needs a click in it. */
export const notPermitted = (ceremony: Ceremony, cause?: unknown) =>
  new PasskeyError(
    'not_permitted',
    `The page's Permissions-Policy or the frame it is in forbids ${featureOf[ceremony]}.`,
    { cause },
  );
