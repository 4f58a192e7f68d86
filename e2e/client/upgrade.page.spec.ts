/** A passkey is made in silence, or not at all. */
import type { Page } from '@playwright/test';
import { spy } from '../spy.ts';
import { expect, test } from '../test.ts';

const upgrade = (page: Page) => page.evaluate(() => outcome(passkeys.upgrade()));

/** Lets the browser say whether it makes passkeys in silence. */
const declare = (page: Page, conditionalCreate: boolean) =>
  page.evaluate((conditionalCreate) => {
    Object.assign(PublicKeyCredential, { getClientCapabilities: async () => ({ conditionalCreate }) });
  }, conditionalCreate);

test('upgrade() asks Chromium for a silent passkey until its signal ends the wait; Firefox, which makes none, gives null', async ({
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

test('upgrade() resolves to null, and makes no Factor, where the browser lacks it', async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  await declare(page, false);
  expect(await upgrade(page)).toEqual({ value: null });
  expect(upstream).toEqual([]);
});

for (const name of ['NotAllowedError', 'InvalidStateError', 'ConstraintError']) {
  test(`upgrade() resolves to null where the browser declines with ${name}`, async ({ page, visit }) => {
    const { upstream } = await visit();
    await declare(page, true);
    await page.evaluate((name) => {
      navigator.credentials.create = async () => {
        throw new DOMException('declined', name);
      };
    }, name);
    expect(await upgrade(page)).toEqual({ value: null });
    expect(upstream).toHaveLength(1);
  });
}

test('upgrade() rejects with "timed_out" where the browser made the passkey and the relay is slow to verify it', async ({
  page,
  visit,
}) => {
  await visit({
    answer: async ({ url }) => {
      if (url.endsWith('/VerifyFactor')) await new Promise((then) => setTimeout(then, 1000));
      return undefined;
    },
  });
  await declare(page, true);
  const ended = await page.evaluate(() => {
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = (options) => create({ publicKey: options!.publicKey! });
    return outcome(sdk.createPasskeys({ baseUrl: '/passkeys', timeout: 500 }).upgrade());
  });
  expect(ended).toMatchObject({ code: 'timed_out', message: expect.stringContaining('VerifyFactor') });
});

test('upgrade() resolves to a verified Factor where the browser makes the passkey', async ({
  page,
  visit,
}) => {
  await visit();
  await declare(page, true);
  await page.evaluate(() => {
    // Headless Chromium never answers a conditional create: the plain ceremony stands in for it.
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = (options) => create({ publicKey: options!.publicKey! });
  });
  expect(await upgrade(page)).toMatchObject({ value: { status: 'verified' } });
});
