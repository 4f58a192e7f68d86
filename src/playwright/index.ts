/**
 * Gives the tests of a sign-in page an authenticator that nobody has to touch. In Chromium it is the browser's own
 * virtual one, so WebAuthn is real. In Firefox and WebKit it is Playwright's stand-in.
 *
 * This module imports only types from `@playwright/test`: pass it the test that it should extend.
 *
 * @module verify-passkeys/playwright
 */
import type { PlaywrightTestArgs, PlaywrightWorkerArgs, TestType } from '@playwright/test';
import { type Authenticator, type AuthenticatorOptions, addAuthenticator } from './authenticator.ts';

export { type Authenticator, type AuthenticatorOptions, addAuthenticator } from './authenticator.ts';
export type { VirtualCredential } from './credential.ts';

/**
 * Extends a Playwright `test` with an `authenticator` fixture: a new one for each test that names it.
 *
 * In Firefox and WebKit it is a stand-in, which signs but can neither hold nor refuse a ceremony. The kind is in
 * `authenticator.kind`.
 *
 * @example
 * ```ts
 * import { test as base } from '@playwright/test';
 *
 * const test = withAuthenticator(base);
 * test('a user closes the prompt', async ({ page, authenticator }) => {
 *   await authenticator.refuse();
 *   await page.getByRole('button', { name: 'Sign in' }).click();
 * });
 * ```
 *
 * @throws Error from the fixture, if a stand-in cannot do what the options ask
 */
export function withAuthenticator<T extends PlaywrightTestArgs, W extends PlaywrightWorkerArgs>(
  test: TestType<T, W>,
  options: AuthenticatorOptions = {},
): TestType<
  T & {
    /** The authenticator of this test: a new one for each test that names it. */
    authenticator: Authenticator;
  },
  W
> {
  // TypeScript cannot extend a test of unknown fixtures. The fixtures used here are Playwright's own.
  const plain = test as unknown as TestType<PlaywrightTestArgs, PlaywrightWorkerArgs>;
  const extended = plain.extend<{ authenticator: Authenticator }>({
    // It depends on `page` so that the page exists, and has the authenticator, when the test begins.
    authenticator: async ({ context, page: _page }, use) => {
      const authenticator = await addAuthenticator(context, options);
      await use(authenticator);
      await authenticator.unplug();
    },
  });
  // The extended test has the caller's own fixtures too, which the first cast hid.
  return extended as unknown as TestType<T & { authenticator: Authenticator }, W>;
}
