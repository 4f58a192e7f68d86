/** The published virtual authenticator does what a test tells it to, and Firefox's has the same methods. */
import type { BrowserContext } from '@playwright/test';
import { addAuthenticator } from 'verify-passkeys/playwright';
import { spy } from '../spy.ts';
import { expect, test } from '../test.ts';
import type { Outcome } from '../world.ts';

declare global {
  var pending: Promise<Outcome>;
}

const opened = async (context: BrowserContext, url: string) => {
  const page = await context.newPage();
  await page.goto(url);
  return page;
};

for (const step of ['register', 'authenticate'] as const) {
  test(`hold() leaves ${step}() pending, and confirm() lets the ceremony go on`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit();
    if (step === 'authenticate') await page.evaluate(() => passkeys.register());
    await authenticator.hold();
    const calls = await spy(page);
    await page.evaluate((method) => {
      globalThis.pending = outcome(passkeys[method]());
    }, step);
    await expect.poll(calls).toContain(step === 'register' ? 'create' : 'get');
    const first = await page.evaluate(() =>
      Promise.race([pending, new Promise((then) => setTimeout(then, 300, 'still pending'))]),
    );
    expect(first).toBe('still pending');
    await authenticator.confirm();
    expect(await page.evaluate(() => pending)).toMatchObject({ value: { sid: expect.any(String) } });
  });

  test(`refuse() ends a held ${step}() and later ones with NotAllowedError, until confirm()`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit({ emulator: { userVerification: 'discouraged' } });
    await page.evaluate(() => passkeys.register());
    if (step === 'register') await authenticator.clear();
    await authenticator.hold();
    const calls = await spy(page);
    await page.evaluate((method) => {
      globalThis.pending = outcome(passkeys[method]());
    }, step);
    await expect.poll(calls).toContain(step === 'register' ? 'create' : 'get');
    await authenticator.refuse();
    const refused = { code: 'cancelled', cause: expect.stringMatching(/^NotAllowedError/) };
    expect(await page.evaluate(() => pending)).toMatchObject(refused);
    expect(await page.evaluate((method) => outcome(passkeys[method]()), step)).toMatchObject(refused);
    await authenticator.confirm();
    const ended = await page.evaluate((method) => outcome(passkeys[method]()), step);
    expect(ended).toMatchObject({ value: { sid: expect.any(String) } });
  });
}

test('credentials() reads the passkey, remove() and clear() remove it, add() puts it back', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  const [held] = await authenticator.credentials();
  expect(held).toMatchObject({ rpId: 'localhost', isResidentCredential: true });
  expect(held!.id).toMatch(/^[\w-]+$/);
  expect(atob(held!.userHandle!.replace(/-/g, '+').replace(/_/g, '/'))).toMatch(/^YE[0-9a-f]{32}$/);

  await authenticator.remove(held!.id);
  expect(await authenticator.credentials()).toEqual([]);
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({ code: 'cancelled' });

  await authenticator.add(held!);
  const signed = await page.evaluate(() => outcome(passkeys.authenticate()));
  expect(signed).toMatchObject({ value: { status: 'approved' } });
  expect((await authenticator.credentials())[0]!.signCount).toBeGreaterThan(held!.signCount);

  await authenticator.clear();
  expect(await authenticator.credentials()).toEqual([]);
  await expect(authenticator.remove(held!.id)).rejects.toThrow();
});

test('a passkey made in one tab signs in from another, opened before or after', async ({
  page,
  visit,
  context,
  authenticator,
}) => {
  const { origin } = await visit();
  const before = await opened(context, origin);
  await page.bringToFront();
  await page.evaluate(() => passkeys.register());
  const after = await opened(context, origin);
  expect(await authenticator.credentials()).toHaveLength(1);
  for (const tab of [before, after, page]) {
    await tab.bringToFront();
    const ended = await tab.evaluate(() => outcome(passkeys.authenticate()));
    expect(ended).toMatchObject({ value: { status: 'approved' } });
  }
});

test('addAuthenticator() gives a context a second device', async ({
  page,
  visit,
  context,
  authenticator,
  browserName,
}) => {
  test.skip(browserName !== 'chromium', 'in other browsers a context has at most one stand-in');
  await visit();
  await page.evaluate(() => passkeys.register());
  expect(authenticator.kind).toBe('virtual');
  await authenticator.hold();
  const key = await addAuthenticator(context, { transport: 'usb' });
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    value: { status: 'verified' },
  });
  expect(await key.credentials()).toHaveLength(1);
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    value: { status: 'approved' },
  });
  expect(await authenticator.credentials()).toHaveLength(1);
  await key.unplug();
});
