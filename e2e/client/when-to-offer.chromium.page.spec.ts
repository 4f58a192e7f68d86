/** The guide's offer of a passkey asks at the right moments, counts refusals and keeps quiet for thirty days. */
import type { Page } from '@playwright/test';
import { addAuthenticator } from 'verify-passkeys/playwright';
import { compileForm } from '../package/component.ts';
import { blocksOf } from '../readme.ts';
import { declareUpgrade, makeInSilence } from '../silent-passkey.ts';
// The tests move the clock of their browser context, which no other test may share.
import { expect, isolated as test } from '../test.ts';

type Moment = 'password' | 'phone' | 'sign-up' | 'recovery' | 'payment';

declare global {
  /** The functions of the guide. */
  var offerPasskey: (moment: Moment, user: string) => Promise<string>;
  var signIn: () => Promise<void>;
}

const ofGuide = (language: string, text: string) =>
  blocksOf(language).find(
    ({ document, code }) => document === 'demo/guides/when-to-offer.md' && code.includes(text),
  )!.code;

/** Puts the guide's dialog and its two files on the page. */
async function mount(page: Page): Promise<void> {
  const html = ofGuide('html', 'id="offer"');
  await page.evaluate((markup) => document.body.insertAdjacentHTML('beforeend', markup), html);
  const form = `import { offerPasskey } from './offer';
    ${ofGuide('ts', '// sign-in.ts').replace("import { offerPasskey } from './offer';", '')}
    Object.assign(globalThis, { offerPasskey, signIn });`;
  await page.addScriptTag({ type: 'module', content: await compileForm('ts', form) });
  await page.waitForFunction(() => 'signIn' in globalThis);
}

const offer = (page: Page, moment: Moment, user = 'ada') =>
  page.evaluate(([when, who]) => offerPasskey(when, who), [moment, user] as const);

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Sign in faster on this device?' });

async function offerAndPress(page: Page, moment: Moment, button: string, user?: string): Promise<string> {
  const done = offer(page, moment, user);
  await dialog(page).getByRole('button', { name: button }).click();
  await expect(dialog(page)).toBeHidden();
  return done;
}

const days = (count: number) => count * 24 * 60 * 60_000;

test('a user who has refused three times is left alone for thirty days, and is asked again after them', async ({
  page,
  visit,
  authenticator,
}) => {
  const start = Date.now();
  await visit();
  await mount(page);
  await declareUpgrade(page, false);
  expect(await offerAndPress(page, 'password', 'Not now')).toBe('refused');
  await page.clock.setSystemTime(start + days(10));
  const escaped = offer(page, 'phone');
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press('Escape');
  expect(await escaped).toBe('refused');
  await page.clock.setSystemTime(start + days(20));
  await authenticator.refuse();
  expect(await offerAndPress(page, 'recovery', 'Create a passkey')).toBe('refused');
  for (const day of [20, 49]) {
    await page.clock.setSystemTime(start + days(day));
    for (const moment of ['password', 'phone', 'sign-up', 'recovery'] as const) {
      expect(await offer(page, moment), `${moment} on day ${day}`).toBe('not offered');
    }
  }
  // Another user of the browser has refused nothing.
  expect(await offerAndPress(page, 'password', 'Not now', 'bob')).toBe('refused');
  await page.clock.setSystemTime(start + days(50) + 60_000);
  await authenticator.confirm();
  expect(await offerAndPress(page, 'password', 'Create a passkey')).toBe('made');
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('after a password the passkey is made silently, but not for a user who has refused once', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await mount(page);
  await makeInSilence(page);
  expect(await offerAndPress(page, 'sign-up', 'Not now')).toBe('refused');
  expect(await offerAndPress(page, 'password', 'Not now')).toBe('refused');
  expect(await authenticator.credentials()).toEqual([]);
  expect(await offer(page, 'password', 'bob')).toBe('made');
  expect(await authenticator.credentials()).toHaveLength(1);
  // The user has a passkey now, and the browser declines to make a second one.
  await declareUpgrade(page, false);
  expect(await offer(page, 'password', 'bob')).toBe('not offered');
});

test.describe(() => {
  test.use({ authenticatorOptions: { transport: 'hybrid' } });

  test("after a sign-in with a phone the user is offered a passkey of this device, and not after one with this device's", async ({
    page,
    visit,
    context,
    authenticator: phone,
  }) => {
    await visit();
    await page.evaluate(() => passkeys.register());
    const laptop = await addAuthenticator(context);
    await mount(page);
    const signedIn = page.evaluate(() => signIn());
    await dialog(page).getByRole('button', { name: 'Create a passkey' }).click();
    await signedIn;
    expect(await laptop.credentials()).toHaveLength(1);
    // The user takes the phone again: this device has its passkey already, so it is not offered for thirty days.
    expect(await offerAndPress(page, 'phone', 'Create a passkey')).toBe('not offered');
    expect(await offer(page, 'phone')).toBe('not offered');
    await phone.unplug();
    await page.evaluate(() => localStorage.clear());
    await page.evaluate(() => signIn());
    await expect(dialog(page)).toBeHidden();
    await laptop.unplug();
  });
});

test('nobody is asked in front of a payment, without a way to unlock this device, or if the browser keeps no count', async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  await mount(page);
  expect(await offer(page, 'payment')).toBe('not offered');
  await page.evaluate(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    Object.assign(globalThis, { mendStorage: () => Object.assign(Storage.prototype, { setItem }) });
  });
  expect(await offer(page, 'password')).toBe('not offered');
  await page.evaluate('mendStorage()');
  await page.evaluate(() => {
    Object.assign(PublicKeyCredential, {
      getClientCapabilities: async () => ({ userVerifyingPlatformAuthenticator: false }),
    });
  });
  expect(await offer(page, 'password')).toBe('not offered');
  expect(upstream).toEqual([]);
});
