/** An authenticator for the pages of a browser context: what it can do, and which of the two kinds it is. */
import type { BrowserContext } from '@playwright/test';
import type { VirtualCredential } from './credential.ts';
import { addStandIn } from './stand-in.ts';
import { addVirtualAuthenticator } from './virtual.ts';

/** What the authenticator can do. https://www.w3.org/TR/webauthn-3/#sctn-automation-virtual-authenticators */
export type AuthenticatorOptions = {
  /**
   * `internal` is one built into the device, all others are roaming ones. Chromium takes one `internal` in a page.
   *
   * @default 'internal'
   */
  transport?: 'internal' | 'usb' | 'nfc' | 'ble' | 'hybrid' | undefined;
  /**
   * Whether it keeps discoverable credentials, which passkeys are.
   *
   * @default true
   */
  hasResidentKey?: boolean | undefined;
  /**
   * Whether it can verify its user at all, by a PIN or a fingerprint.
   *
   * @default true
   */
  hasUserVerification?: boolean | undefined;
  /**
   * Whether that succeeds, until `setUserVerified` says otherwise.
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
   * `virtual` is an authenticator inside the browser, so that the browser's own WebAuthn code judges the page: Chromium's.
   * `stand-in` is Playwright's `context.credentials`, in Firefox and WebKit: a script in the page that answers in place
   * of the browser. It signs for real, but it never refuses and checks no origin, so that it proves less.
   */
  readonly kind: 'virtual' | 'stand-in';
  /** What it holds now. */
  credentials(): Promise<VirtualCredential[]>;
  /**
   * Puts a credential on it: one that `credentials()` gave in an earlier test, say.
   *
   * @throws Error where an id is held already, or Chromium does not take it: a key of another kind
   */
  add(credential: VirtualCredential): Promise<void>;
  /** @throws Error where it holds no credential of this id */
  remove(id: string): Promise<void>;
  /** Takes all credentials away. */
  clear(): Promise<void>;
  /** From now on nobody touches it: a ceremony stays pending until `confirm`, `refuse`, its signal or its timeout. */
  hold(): Promise<void>;
  /** From now on the user agrees, which is how it begins; a ceremony that was held goes on. */
  confirm(): Promise<void>;
  /** From now on the user refuses: ceremonies, a held one too, end in NotAllowedError until `confirm` or `hold`. */
  refuse(): Promise<void>;
  /** Whether verifying the user succeeds; where it does not, `userVerification: 'required'` is NotAllowedError. */
  setUserVerified(isUserVerified: boolean): Promise<void>;
  /** Takes it out of the context, with all that it holds. */
  unplug(): Promise<void>;
};

/**
 * Puts an authenticator into a context: what the fixture does, for a second device or a context of one's own.
 *
 * Pages opened later get it as soon as Playwright tells of them; await any method of it before such a page makes its
 * first call, and it is there.
 *
 * In Firefox and WebKit it is a stand-in, see `kind`. A stand-in cannot hold or refuse a ceremony, fail to verify its
 * user, be of another kind than a built-in one, or have a second one beside it: asked to, it throws.
 *
 * @throws Error where a stand-in cannot do what the options ask, or Playwright has no `context.credentials`
 * @example
 * ```ts
 * import { chromium } from '@playwright/test';
 *
 * const browser = await chromium.launch();
 * const context = await browser.newContext();
 * const key = await addAuthenticator(context, { transport: 'usb' });
 * console.log(await key.credentials());
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
