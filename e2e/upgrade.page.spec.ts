import { spy } from './spy.ts';
import { expect, test } from './test.ts';

test('upgrade() asks the browser for a silent passkey and its signal ends the wait', async ({
  page,
  visit,
}) => {
  await visit();
  const watch = await spy(page);
  await page.evaluate(() => {
    const controller = new AbortController();
    Object.assign(globalThis, {
      controller,
      waiting: outcome(passkeys.upgrade({ signal: controller.signal })),
    });
  });
  await expect.poll(watch).toEqual(['Factors', 'create conditional']);
  const ended = await page.evaluate(() => {
    const { controller, waiting } = globalThis as unknown as {
      controller: AbortController;
      waiting: Promise<unknown>;
    };
    controller.abort();
    return waiting;
  });
  expect(ended).toMatchObject({ code: 'aborted' });
});

test('upgrade() resolves to null, and makes no Factor, where the browser lacks it', async ({
  page,
  visit,
}) => {
  const world = await visit();
  await page.evaluate(() => {
    Object.assign(PublicKeyCredential, { getClientCapabilities: async () => ({ conditionalCreate: false }) });
  });
  expect(await page.evaluate(() => outcome(passkeys.upgrade()))).toEqual({ value: null });
  expect(world.upstream).toEqual([]);
});

for (const name of ['NotAllowedError', 'InvalidStateError', 'ConstraintError']) {
  test(`upgrade() resolves to null where the browser declines with ${name}`, async ({ page, visit }) => {
    await visit();
    await page.evaluate((name) => {
      navigator.credentials.create = async () => {
        throw new DOMException('declined', name);
      };
    }, name);
    expect(await page.evaluate(() => outcome(passkeys.upgrade()))).toEqual({ value: null });
  });
}

test('upgrade() resolves to a verified Factor where the browser makes the passkey', async ({
  page,
  visit,
}) => {
  await visit();
  await page.evaluate(() => {
    // Headless Chromium never answers a conditional create: the plain ceremony stands in for it.
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = (options) => create({ publicKey: options!.publicKey! });
  });
  expect(await page.evaluate(() => outcome(passkeys.upgrade()))).toMatchObject({
    value: { status: 'verified' },
  });
});
