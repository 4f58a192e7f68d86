import { shortenOptions, spy } from './spy.ts';
import { expect, test } from './test.ts';

test('autofill() resolves to an approved Challenge when a passkey is picked', async ({ page, visit }) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  const calls = await spy(page);
  expect(await page.evaluate(() => outcome(passkeys.autofill()))).toMatchObject({
    value: { status: 'approved' },
  });
  expect(await calls()).toEqual(['Challenges', 'get conditional', 'ApproveChallenge']);
});

test('autofill() waits for as long as nobody picks, and its signal ends it', async ({ page, visit }) => {
  await visit();
  const calls = await spy(page);
  await page.evaluate(() => {
    const controller = new AbortController();
    Object.assign(globalThis, {
      controller,
      waiting: outcome(passkeys.autofill({ signal: controller.signal })),
    });
  });
  await expect.poll(calls).toContain('get conditional');
  const ended = await page.evaluate(() => {
    const { controller, waiting } = globalThis as unknown as {
      controller: AbortController;
      waiting: Promise<unknown>;
    };
    controller.abort(new Error('the field is gone'));
    return waiting;
  });
  expect(ended).toMatchObject({ code: 'aborted', cause: 'Error: the field is gone' });
});

test('autofill() renews its Challenge before it expires, and the newest one signs in', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await authenticator.hold();
  await shortenOptions(page, 400);
  const calls = await spy(page);
  await page.evaluate(() => {
    Object.assign(globalThis, { waiting: outcome(passkeys.autofill()) });
  });
  await expect
    .poll(async () => (await calls()).filter((call) => call === 'get conditional').length)
    .toBeGreaterThan(2);
  await authenticator.confirm();
  const ended = await page.evaluate(() => (globalThis as unknown as { waiting: Promise<unknown> }).waiting);
  expect(ended).toMatchObject({ value: { status: 'approved' } });
});

test('autofill() outlives a relay that is out of reach when its Challenge is renewed', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await authenticator.hold();
  await shortenOptions(page, 400);
  const calls = await spy(page);
  const count = async (name: string) => (await calls()).filter((call) => call === name).length;
  await page.evaluate(() => {
    Object.assign(globalThis, { waiting: outcome(passkeys.autofill()) });
  });
  await expect.poll(calls).toContain('get conditional');
  await page.route('**/Challenges', (route) => route.abort());
  const asked = await count('Challenges');
  await expect.poll(() => count('Challenges')).toBeGreaterThan(asked + 2);
  const shown = await count('get conditional');
  await page.unroute('**/Challenges');
  await shortenOptions(page, 400);
  await expect.poll(() => count('get conditional')).toBeGreaterThan(shown);
});

test('autofill() goes on after somebody closed the prompt that a pick had opened', async ({
  page,
  visit,
}) => {
  await visit();
  await shortenOptions(page, 400);
  // Without a passkey headless Chromium refuses a conditional get, as it does when the prompt is closed.
  const calls = await spy(page);
  await page.evaluate(() => {
    Object.assign(globalThis, { waiting: outcome(passkeys.autofill()) });
  });
  await expect
    .poll(async () => (await calls()).filter((call) => call === 'get conditional').length)
    .toBeGreaterThan(3);
});

test('autofill() makes room for a button and comes back when that ends without success', async ({
  page,
  visit,
}) => {
  await visit();
  const calls = await spy(page);
  await page.evaluate(() => {
    Object.assign(globalThis, { waiting: outcome(passkeys.autofill()) });
  });
  await expect.poll(calls).toContain('get conditional');
  // Nobody has a passkey yet, so the button's ceremony fails.
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({ code: 'cancelled' });
  await expect.poll(async () => (await calls()).filter((call) => call === 'get conditional').length).toBe(2);
  expect(await calls()).toEqual(['Challenges', 'get conditional', 'Challenges', 'get', 'get conditional']);
});

test('autofill() ends when another ceremony of the page succeeds', async ({ page, visit }) => {
  await visit();
  const calls = await spy(page);
  await page.evaluate(() => {
    Object.assign(globalThis, { waiting: outcome(passkeys.autofill()) });
  });
  await expect.poll(calls).toContain('get conditional');
  await page.evaluate(() => passkeys.register());
  const ended = await page.evaluate(() => (globalThis as unknown as { waiting: Promise<unknown> }).waiting);
  expect(ended).toMatchObject({ code: 'aborted', message: 'Another ceremony of this page succeeded.' });
});

test('autofill() never takes the turn of a prompt that is open', async ({ page, visit, authenticator }) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await authenticator.hold();
  const calls = await spy(page);
  await page.evaluate(() => {
    const controller = new AbortController();
    const modal = outcome(passkeys.authenticate({ signal: controller.signal }));
    Object.assign(globalThis, { controller, modal, waiting: outcome(passkeys.autofill()) });
  });
  await expect.poll(calls).toEqual(['Challenges', 'Challenges', 'get']);
  const modal = await page.evaluate(() => {
    const { controller, modal } = globalThis as unknown as {
      controller: AbortController;
      modal: Promise<unknown>;
    };
    controller.abort();
    return modal;
  });
  expect(modal).toMatchObject({ code: 'aborted' });
  await expect.poll(calls).toContain('get conditional');
});

test('autofill() called again takes over from the call before', async ({ page, visit }) => {
  await visit();
  const calls = await spy(page);
  await page.evaluate(() => {
    Object.assign(globalThis, { first: outcome(passkeys.autofill()) });
  });
  await expect.poll(calls).toContain('get conditional');
  const first = await page.evaluate(() => {
    Object.assign(globalThis, { second: outcome(passkeys.autofill()) });
    return (globalThis as unknown as { first: Promise<unknown> }).first;
  });
  expect(first).toMatchObject({ code: 'aborted' });
  expect((await calls()).filter((call) => call === 'get conditional')).toHaveLength(2);
});

test('autofill() rejects with "unsupported" at once where the browser has none, and asks for nothing', async ({
  page,
  visit,
}) => {
  await visit();
  const calls = await spy(page);
  await page.evaluate(() => {
    Object.assign(PublicKeyCredential, {
      getClientCapabilities: async () => ({ conditionalGet: false }),
      isConditionalMediationAvailable: async () => false,
    });
  });
  expect(await page.evaluate(() => outcome(passkeys.autofill()))).toMatchObject({ code: 'unsupported' });
  expect(await calls()).toEqual([]);
});
