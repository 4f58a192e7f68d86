/** upgrade() makes a passkey without a prompt, or resolves to null. */
import type { Page } from '@playwright/test';
import { makeInSilence } from '../silent-passkey.ts';
import { spy } from '../spy.ts';
import { expect, test } from '../test.ts';

const upgrade = (page: Page) => page.evaluate(() => outcome(passkeys.upgrade()));

test('upgrade() asks Chromium for a silent passkey until its signal ends the wait; Firefox, which makes none, resolves to null', async ({
  page,
  visit,
  browserName,
}) => {
  const { upstream } = await visit();
  if (browserName === 'firefox') {
    expect(await upgrade(page)).toEqual({ value: null });
    expect(upstream).toEqual([]);
    return;
  }
  const watch = await spy(page);
  const waiting = await page.evaluateHandle(() => {
    const controller = new AbortController();
    return { controller, outcome: outcome(passkeys.upgrade({ signal: controller.signal })) };
  });
  await expect.poll(watch).toEqual(['Factors', 'create conditional']);
  const ended = await waiting.evaluate(({ controller, outcome }) => {
    controller.abort();
    return outcome;
  });
  expect(ended).toMatchObject({ code: 'aborted' });
});

test('register() refuses a passkey without the user-present flag, sends nothing, and makes a browser with the Signal API drop it', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  const { upstream } = await visit();
  await makeInSilence(page);
  const ended = await page.evaluate(() => {
    const { create } = navigator.credentials;
    navigator.credentials.create = (options) => create({ ...options, mediation: 'conditional' } as never);
    return outcome(passkeys.register());
  });
  expect(ended).toMatchObject({ code: 'invalid_credential' });
  expect(upstream).toHaveLength(1);
  const kept = async () => (await authenticator.credentials()).length;
  await expect.poll(kept).toBe(browserName === 'chromium' ? 0 : 1);
});

test('upgrade() resolves to null if Verify refuses silent passkeys, and a browser with the Signal API drops this one', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  const { upstream } = await visit({ emulator: { silentRegistration: 'refused' } });
  await makeInSilence(page);
  expect(await upgrade(page)).toEqual({ value: null });
  expect(upstream.at(-1)!.path).toMatch(/VerifyFactor$/);
  const kept = async () => (await authenticator.credentials()).length;
  await expect.poll(kept).toBe(browserName === 'chromium' ? 0 : 1);
});

test('register() that Verify refuses makes a browser with the Signal API drop the passkey', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  await visit({
    verify: async ({ url }) =>
      url.endsWith('/VerifyFactor')
        ? Response.json({ code: 60311, message: 'Factor verification failed', status: 403 }, { status: 403 })
        : undefined,
  });
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    code: 'rejected',
    rejection: { code: 60311 },
  });
  const kept = async () => (await authenticator.credentials()).length;
  await expect.poll(kept).toBe(browserName === 'chromium' ? 0 : 1);
});
