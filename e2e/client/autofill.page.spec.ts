/** Autofill waits until the user picks a passkey in the field, renews its options, and makes room for other ceremonies. */
import type { Page } from '@playwright/test';
import { spy } from '../spy.ts';
import { expect, isolated, test } from '../test.ts';
import type { Outcome } from '../world.ts';

declare global {
  /** The page's running autofill, and the controller that ends it. */
  var waiting: { outcome: Promise<Outcome>; controller: AbortController };
}

/** Starts autofill without waiting for its end. */
const begin = (page: Page) =>
  page.evaluate(() => {
    const controller = new AbortController();
    globalThis.waiting = { controller, outcome: outcome(passkeys.autofill({ signal: controller.signal })) };
  });
const end = (page: Page) => page.evaluate(() => waiting.outcome);
const isWaiting = (page: Page) =>
  page.evaluate(() =>
    Promise.race([waiting.outcome.then(() => false), new Promise((then) => setTimeout(then, 300, true))]),
  );

/** Spies on the page, and counts its calls. */
async function watch(page: Page) {
  const calls = await spy(page);
  const count = async (name: string) => (await calls()).filter((call) => call === name).length;
  return { calls, count };
}

test('autofill() signs in with the passkey that is picked: Chromium picks by itself, Firefox waits for a user', async ({
  page,
  visit,
  browserName,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  const { calls } = await watch(page);
  await begin(page);
  if (browserName === 'firefox') {
    await expect.poll(calls).toEqual(['Challenges', 'get conditional']);
    expect(await isWaiting(page)).toBe(true);
  } else {
    expect(await end(page)).toMatchObject({ value: { status: 'approved' } });
    expect(await calls()).toEqual(['Challenges', 'get conditional', 'ApproveChallenge']);
  }
});

test('autofill() waits while nobody picks a passkey, and its signal ends it', async ({ page, visit }) => {
  await visit();
  const { calls } = await watch(page);
  await begin(page);
  await expect.poll(calls).toContain('get conditional');
  expect(await isWaiting(page)).toBe(true);
  await page.evaluate(() => waiting.controller.abort(new Error('the field is gone')));
  expect(await end(page)).toMatchObject({ code: 'aborted', cause: 'Error: the field is gone' });
});

test('autofill() renews its Challenge before it expires, and the newest one signs in', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  const { shortenOptions, upstream } = await visit();
  await page.evaluate(() => passkeys.register());
  await authenticator.hold();
  shortenOptions(400);
  const { count } = await watch(page);
  await begin(page);
  await expect.poll(() => count('get conditional')).toBeGreaterThan(2);
  const begun = upstream.filter(({ path }) => path.endsWith('/Challenges'));
  expect(begun.length).toBeGreaterThan(2);
  expect(await isWaiting(page)).toBe(true);
  await authenticator.confirm();
  if (browserName === 'firefox') expect(await isWaiting(page)).toBe(true);
  else expect(await end(page)).toMatchObject({ value: { status: 'approved' } });
});

test('autofill() fetches its first Challenge when the page is first visible, renews none while it is hidden, and renews at once when it is shown', async ({
  page,
  visit,
  authenticator,
}) => {
  const { shortenOptions } = await visit();
  await authenticator.hold();
  shortenOptions(200);
  const { calls, count } = await watch(page);
  // In a headless browser every tab is visible.
  const show = (state: string) =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await show('hidden');
  await begin(page);
  expect(await isWaiting(page)).toBe(true);
  expect(await calls()).toEqual([]);
  await show('visible');
  await expect.poll(calls).toContain('get conditional');
  await show('hidden');
  const shown = await count('Challenges');
  // This waits in the page, where a renewal would be due earlier, however slow the machine is.
  await page.evaluate(() => new Promise((over) => setTimeout(over, 600)));
  expect(await count('Challenges')).toBe(shown);
  const offered = await count('get conditional');
  await show('visible');
  await expect.poll(() => count('get conditional')).toBeGreaterThan(offered);
});

test('autofill() leaks no listeners, however often it renews its Challenge', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  test.skip(browserName !== 'chromium', 'only Chromium tells how many listeners a page has');
  const { shortenOptions } = await visit();
  await authenticator.hold();
  shortenOptions(50);
  const { count } = await watch(page);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const listeners = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'JSEventListeners')!.value;
  };
  await begin(page);
  await expect.poll(() => count('get conditional')).toBeGreaterThan(3);
  const before = await listeners();
  await expect.poll(() => count('get conditional')).toBeGreaterThan(23);
  expect(await listeners()).toBeLessThan(before + 20);
});

test('autofill() goes on after a renewal that could not reach the relay', async ({
  page,
  visit,
  authenticator,
}) => {
  const { shortenOptions } = await visit();
  await page.evaluate(() => passkeys.register());
  await authenticator.hold();
  shortenOptions(400);
  const { calls, count } = await watch(page);
  await begin(page);
  await expect.poll(calls).toContain('get conditional');
  await page.route('**/Challenges', (route) => route.abort());
  const asked = await count('Challenges');
  await expect.poll(() => count('Challenges')).toBeGreaterThan(asked + 2);
  const shown = await count('get conditional');
  await page.unroute('**/Challenges');
  await expect.poll(() => count('get conditional')).toBeGreaterThan(shown);
});

for (const [what, name] of [
  ['the user closed the prompt of a pick', 'NotAllowedError'],
  ['the browser itself gave up', 'AbortError'],
]) {
  test(`autofill() goes on after ${what}`, async ({ page, visit }) => {
    await visit();
    await page.evaluate((exception) => {
      navigator.credentials.get = async () => {
        throw new DOMException('no', exception);
      };
    }, name);
    const { count } = await watch(page);
    await begin(page);
    await expect.poll(() => count('get conditional')).toBeGreaterThan(1);
    expect(await isWaiting(page)).toBe(true);
    expect(await count('Challenges')).toBe(1);
  });
}

// This test stops the clock of its browser context, which no other test may share.
isolated(
  'autofill() asks a password manager that answers with no credential again, less and less often, and at once when the page is shown again',
  async ({ page, visit }) => {
    await visit();
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1000);
    await page.evaluate(() => {
      navigator.credentials.get = async () => null;
    });
    const { count } = await watch(page);
    const asked = () => count('get conditional');
    await begin(page);
    await expect.poll(asked).toBe(1);
    for (const [seconds, times] of [
      [1.1, 2],
      [2.1, 3],
      [4.1, 4],
    ] as const) {
      await page.clock.runFor(seconds * 1000);
      await expect.poll(asked).toBe(times);
    }
    await page.clock.runFor(7000);
    expect(await asked()).toBe(4);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(asked).toBe(5);
    expect(await count('Challenges')).toBe(1);
  },
);

for (const [where, says] of [
  ['in development', 1],
  ['in production', 0],
  ['without a bundler', 0],
] as const) {
  test(`autofill() on a page without a field for it ${says ? 'logs a hint once' : 'logs nothing'} ${where}`, async ({
    page,
    visit,
  }) => {
    await visit();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    const { count } = await watch(page);
    await page.evaluate((place) => {
      const NODE_ENV = place.replace('in ', '');
      if (place !== 'without a bundler') Object.assign(globalThis, { process: { env: { NODE_ENV } } });
    }, where);
    await begin(page);
    await expect.poll(() => count('get conditional')).toBe(1);
    await begin(page);
    await expect.poll(() => count('get conditional')).toBe(2);
    await page.evaluate(() => console.info('the end'));
    await expect.poll(() => said).toContain('the end');
    expect(said.filter((text) => text.includes('autocomplete="username webauthn"'))).toHaveLength(says);
  });
}

test('autofill() makes room for a ceremony by button, and comes back when that ends without success', async ({
  page,
  visit,
}) => {
  await visit();
  const { calls } = await watch(page);
  await begin(page);
  await expect.poll(calls).toContain('get conditional');
  // Nobody has a passkey yet, so the button's ceremony fails.
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({ code: 'cancelled' });
  await expect.poll(calls).toEqual(['Challenges', 'get conditional', 'Challenges', 'get', 'get conditional']);
});

test('autofill() ends when another ceremony of the page succeeds', async ({ page, visit }) => {
  await visit();
  const { calls } = await watch(page);
  await begin(page);
  await expect.poll(calls).toContain('get conditional');
  await page.evaluate(() => passkeys.register());
  const message = 'Another ceremony of this page succeeded.';
  expect(await end(page)).toMatchObject({ code: 'aborted', message });
});

test('autofill() never takes the turn of a prompt that is open', async ({ page, visit, authenticator }) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await authenticator.hold();
  const { calls } = await watch(page);
  await page.evaluate(() => {
    const controller = new AbortController();
    const modal = outcome(passkeys.authenticate({ signal: controller.signal }));
    Object.assign(globalThis, { controller, modal });
  });
  await begin(page);
  await expect.poll(async () => (await calls()).toSorted()).toEqual(['Challenges', 'Challenges', 'get']);
  const modal = await page.evaluate(() => {
    const { controller, modal: pending } = globalThis as unknown as {
      controller: AbortController;
      modal: Promise<unknown>;
    };
    controller.abort();
    return pending;
  });
  expect(modal).toMatchObject({ code: 'aborted' });
  await expect.poll(calls).toContain('get conditional');
});

test('a second call of autofill() takes over from the first', async ({ page, visit }) => {
  await visit();
  const { calls, count } = await watch(page);
  await begin(page);
  await expect.poll(calls).toContain('get conditional');
  const first = await page.evaluateHandle(() => waiting);
  await begin(page);
  expect(await first.evaluate(({ outcome }) => outcome)).toMatchObject({ code: 'aborted' });
  await expect.poll(() => count('get conditional')).toBe(2);
});

test('autofill() rejects with "unsupported" at once if the browser has no autofill for passkeys, and sends nothing', async ({
  page,
  visit,
}) => {
  await visit();
  const { calls } = await watch(page);
  await page.evaluate(() => {
    Object.assign(PublicKeyCredential, {
      getClientCapabilities: async () => ({ conditionalGet: false }),
      isConditionalMediationAvailable: async () => false,
    });
  });
  await begin(page);
  expect(await end(page)).toMatchObject({ code: 'unsupported' });
  expect(await calls()).toEqual([]);
});
