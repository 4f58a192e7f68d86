/** What this browser can do with passkeys, from its own list where it has one and from the older probes where not. */
import { PasskeyError } from './error.ts';

/** Each is false where the browser says no, does not say, or there is no browser. */
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
  /** The browser's own list of passkeys can be kept true. */
  signals: boolean;
};

type Probes = {
  getClientCapabilities?(): Promise<Record<string, boolean | undefined>>;
  isConditionalMediationAvailable?(): Promise<boolean>;
  isUserVerifyingPlatformAuthenticatorAvailable?(): Promise<boolean>;
};

/**
 * Asks the browser what it can do. Never throws; asks anew each time, as a security key or a phone may come and go.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-getClientCapabilities
 */
export async function capabilities(): Promise<Capabilities> {
  const probes = findProbes();
  const told = await ask(() => probes?.getClientCapabilities?.());
  const probe = async (
    name: string,
    older: 'isConditionalMediationAvailable' | 'isUserVerifyingPlatformAuthenticatorAvailable',
  ) => told?.[name] ?? (await ask(() => probes?.[older]?.())) ?? false;
  return {
    passkeys: probes !== undefined,
    platform: await probe(
      'userVerifyingPlatformAuthenticator',
      'isUserVerifyingPlatformAuthenticatorAvailable',
    ),
    autofill: await probe('conditionalGet', 'isConditionalMediationAvailable'),
    upgrade: told?.conditionalCreate ?? false,
    hybrid: told?.hybridTransport ?? false,
    signals: signals.every((name) => told?.[name] ?? (probes !== undefined && name in probes)),
  };
}

/** Whether `get` takes `uiMode: 'immediate'`. */
export async function hasImmediate(): Promise<boolean> {
  return (await ask(() => findProbes()?.getClientCapabilities?.()))?.immediateGet === true;
}

const signals = ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails'];

function findProbes(): Probes | undefined {
  const { isSecureContext, PublicKeyCredential } = globalThis as {
    isSecureContext?: boolean;
    PublicKeyCredential?: Probes;
  };
  return isSecureContext !== false && typeof PublicKeyCredential === 'function'
    ? PublicKeyCredential
    : undefined;
}

/** A probe that fails says no. */
async function ask<T>(probe: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await probe();
  } catch {
    return undefined;
  }
}

/** Said before anything is asked of Verify, which would keep a Factor that nobody can finish. */
export function demandWebAuthn(): void {
  if (globalThis.isSecureContext === false) {
    throw new PasskeyError('insecure_context', 'Passkeys need https or localhost: open the page there.');
  }
  if (typeof globalThis.PublicKeyCredential !== 'function') {
    throw new PasskeyError('unsupported', 'This browser has no WebAuthn: offer another way to sign in.');
  }
}
