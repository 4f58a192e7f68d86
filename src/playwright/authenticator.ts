/** An authenticator for the pages of a browser context, of one of two kinds: virtual or a stand-in. */
import type { BrowserContext } from '@playwright/test';
import type { VirtualCredential } from './credential.ts';
import { addStandIn } from './stand-in.ts';
import { addVirtualAuthenticator } from './virtual.ts';

/**
 * What the authenticator can do. A stand-in accepts the defaults only.
 * https://www.w3.org/TR/webauthn-3/#sctn-automation-virtual-authenticators
 */
export type AuthenticatorOptions = {
  /**
   * How it is connected: `internal` is built into the device, the others are separate devices. Chromium allows one
   * `internal` authenticator in a page.
   *
   * @default 'internal'
   */
  transport?: 'internal' | 'usb' | 'nfc' | 'ble' | 'hybrid' | undefined;
  /**
   * Whether it can keep discoverable credentials, as passkeys are.
   *
   * @default true
   */
  hasResidentKey?: boolean | undefined;
  /**
   * Whether it can verify its user, by a PIN or a fingerprint.
   *
   * @default true
   */
  hasUserVerification?: boolean | undefined;
  /**
   * Whether verifying the user succeeds, until `setUserVerified` changes it.
   *
   * @default true
   */
  isUserVerified?: boolean | undefined;
};

/** The options with their defaults filled in. */
export type Ability = {
  [name in keyof AuthenticatorOptions]-?: Exclude<AuthenticatorOptions[name], undefined>;
};

/** One authenticator, the same for all pages of a browser context. */
export type Authenticator = {
  /**
   * `virtual`, in Chromium, is an authenticator inside the browser, so the browser's own WebAuthn code judges the page.
   * `stand-in`, in Firefox and WebKit, is Playwright's `context.credentials`: a script in the page that answers instead
   * of the browser. Its signatures are real, but it never refuses and does not check the origin, so it proves less.
   */
  readonly kind: 'virtual' | 'stand-in';
  /** The passkeys that it holds now. */
  credentials(): Promise<VirtualCredential[]>;
  /**
   * Puts a passkey on it, for example one that `credentials()` returned in an earlier test.
   *
   * @throws Error if it holds this id already, or the browser refuses the passkey, for example for its kind of key
   */
  add(credential: VirtualCredential): Promise<void>;
  /**
   * Removes the passkey with this id. The id is base64url.
   *
   * @throws Error if it holds no passkey with this id
   */
  remove(id: string): Promise<void>;
  /** Removes all passkeys. */
  clear(): Promise<void>;
  /**
   * From now on nobody touches it: a ceremony stays pending until `confirm` or `refuse`, or until its signal or
   * timeout ends it.
   *
   * @throws Error in a stand-in
   */
  hold(): Promise<void>;
  /** From now on the user agrees, as at the beginning. A ceremony that was held goes on. */
  confirm(): Promise<void>;
  /**
   * From now on the user refuses: every ceremony, even one that was held, ends in NotAllowedError until `confirm` or
   * `hold` is called.
   *
   * @throws Error in a stand-in
   */
  refuse(): Promise<void>;
  /**
   * Sets whether verifying the user succeeds. If it fails, `userVerification: 'required'` ends in NotAllowedError.
   *
   * @throws Error in a stand-in, if `isUserVerified` is false
   */
  setUserVerified(isUserVerified: boolean): Promise<void>;
  /** Removes it from the context, with all its passkeys. */
  unplug(): Promise<void>;
};

/**
 * Adds an authenticator to a context. The fixture does the same. Use this for a second device, or for a context that
 * you made yourself.
 *
 * Pages and popups that are opened later have it too, even if they sign in while they load: their first call of
 * `navigator.credentials` waits until it is there.
 *
 * In Firefox and WebKit it is a stand-in, see `kind`. A stand-in cannot hold or refuse a ceremony, fail to verify its
 * user, be anything but a built-in authenticator, or be the second one in its context: it throws instead.
 *
 * @throws Error if a stand-in cannot do what the options ask, or Playwright has no `context.credentials`
 * @example
 * ```ts
 * import { chromium } from '@playwright/test';
 *
 * const browser = await chromium.launch();
 * const context = await browser.newContext();
 * const phone = await addAuthenticator(context, { transport: 'hybrid' });
 * await phone.hold();
 * ```
 */
export async function addAuthenticator(
  context: BrowserContext,
  {
    transport = 'internal',
    hasResidentKey = true,
    hasUserVerification = true,
    isUserVerified = true,
  }: AuthenticatorOptions = {},
): Promise<Authenticator> {
  const ability = { transport, hasResidentKey, hasUserVerification, isUserVerified };
  const name = context.browser()?.browserType().name() ?? 'chromium';
  return name === 'chromium' ? addVirtualAuthenticator(context, ability) : addStandIn(context, ability, name);
}
