/** A ceremony that ends early says why, and the next one works. */
import type { Page } from '@playwright/test';
import { spy } from '../spy.ts';
import { expect, expectRecovery, isBusy, test } from '../test.ts';
import type { Outcome } from '../world.ts';

declare global {
  /** The page's running ceremony, and the controller that ends it. */
  var running: { outcome: Promise<Outcome>; controller: AbortController };
}

type Step = 'register' | 'authenticate';
const steps: Step[] = ['register', 'authenticate'];
const asked = { register: 'create', authenticate: 'get' };

/** Starts a ceremony without waiting for its end. */
const begin = (page: Page, step: Step) =>
  page.evaluate((method) => {
    const controller = new AbortController();
    globalThis.running = { controller, outcome: outcome(passkeys[method]({ signal: controller.signal })) };
  }, step);
const abort = (page: Page) => page.evaluate(() => running.controller.abort(new Error('the page moved on')));
const end = (page: Page) => page.evaluate(() => running.outcome);
const aborted = { code: 'aborted', cause: 'Error: the page moved on' };

for (const step of steps) {
  test(`${step}() with an aborted signal rejects with "aborted" and sends nothing`, async ({
    page,
    visit,
  }) => {
    const { upstream } = await visit();
    const ended = await page.evaluate(
      (method) => outcome(passkeys[method]({ signal: AbortSignal.abort(new Error('the page moved on')) })),
      step,
    );
    expect(ended).toMatchObject(aborted);
    expect(upstream).toEqual([]);
    await expectRecovery(page);
  });

  test(`${step}() rejects with "aborted" when its signal aborts before the relay answers`, async ({
    page,
    visit,
  }) => {
    let held: (() => void) | undefined;
    let slow = true;
    await visit({
      answer: async () => {
        if (slow)
          await new Promise<void>((resolve) => {
            held = resolve;
          });
        return undefined;
      },
    });
    await begin(page, step);
    await expect.poll(() => held).toBeDefined();
    await abort(page);
    expect(await end(page)).toMatchObject(aborted);
    slow = false;
    held?.();
    await expectRecovery(page);
  });

  test(`${step}() rejects with "aborted" when its signal aborts while the prompt is open`, async ({
    page,
    visit,
    authenticator,
  }) => {
    const { upstream } = await visit();
    await authenticator.hold();
    const calls = await spy(page);
    await begin(page, step);
    await expect.poll(calls).toContain(asked[step]);
    expect(await isBusy(page)).toBe(true);
    await abort(page);
    expect(await end(page)).toMatchObject(aborted);
    expect(await isBusy(page)).toBe(false);
    expect(upstream).toHaveLength(1);
    await authenticator.confirm();
    await expectRecovery(page);
  });

  test(`${step}() rejects with "cancelled" when the user closes the prompt`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit();
    if (step === 'authenticate') await page.evaluate(() => passkeys.register());
    await authenticator.refuse();
    await begin(page, step);
    expect(await end(page)).toMatchObject({
      code: 'cancelled',
      cause: expect.stringMatching(/^NotAllowedError/),
    });
    await authenticator.confirm();
    await expectRecovery(page);
  });

  test(`${step}() rejects with "timed_out" when nobody answers the prompt within the options' timeout`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit();
    await authenticator.hold();
    const ended = await page.evaluate((method) => {
      const impatient = sdk.createPasskeys({
        baseUrl: '/passkeys',
        fetch: async (input, init) => {
          const answer = await (await fetch(input, init)).json();
          answer.options.publicKey.timeout = 50;
          return Response.json(answer);
        },
      });
      return outcome(impatient[method]());
    }, step);
    expect(ended).toMatchObject({ code: 'timed_out', message: expect.stringContaining('50 ms') });
    await authenticator.confirm();
    await expectRecovery(page);
  });

  test(`a double click on ${step}(): the last one wins and the first rejects with "aborted"`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit();
    if (step === 'authenticate') await page.evaluate(() => passkeys.register());
    await authenticator.hold();
    const calls = await spy(page);
    await begin(page, step);
    await expect.poll(calls).toContain(asked[step]);
    const first = await page.evaluateHandle(() => running);
    await begin(page, step);
    expect(await first.evaluate(({ outcome }) => outcome)).toMatchObject({
      code: 'aborted',
      message: 'Another ceremony of this page took over.',
    });
    await authenticator.confirm();
    expect(await end(page)).toMatchObject({ value: { sid: expect.any(String) } });
  });
}

test('when three components call at once, the last call wins and the others reject with "aborted"', async ({
  page,
  visit,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  const ended = await page.evaluate(() => {
    const other = sdk.createPasskeys({ baseUrl: '/passkeys' });
    return Promise.all(
      [passkeys.authenticate(), other.register(), passkeys.authenticate()].map((run) => outcome(run)),
    );
  });
  expect(ended).toMatchObject([{ code: 'aborted' }, { code: 'aborted' }, { value: { status: 'approved' } }]);
});

test('aborting one ceremony never disturbs another, neither in the page nor in another tab', async ({
  page,
  visit,
  context,
  authenticator,
}) => {
  const { origin } = await visit();
  await page.evaluate(() => passkeys.register());
  await authenticator.hold();
  const calls = await spy(page);
  const count = async () => (await calls()).filter((call) => call === 'get').length;
  await begin(page, 'authenticate');
  await expect.poll(count).toBe(1);
  const first = await page.evaluateHandle(() => running);
  await begin(page, 'authenticate');
  await first.evaluate(({ controller }) => controller.abort());
  await expect.poll(count).toBe(2);
  const tab = await context.newPage();
  await tab.goto(origin);
  await begin(tab, 'register');
  await abort(tab);
  expect(await end(tab)).toMatchObject(aborted);
  await tab.close();
  await authenticator.confirm();
  expect(await end(page)).toMatchObject({ value: { status: 'approved' } });
});

test('in a background tab Chromium goes on and Firefox rejects with "cancelled"; in front both work', async ({
  page,
  visit,
  context,
  browserName,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  const tab = await context.newPage();
  await tab.bringToFront();
  await begin(page, 'authenticate');
  expect(await end(page)).toMatchObject(
    browserName === 'firefox' ? { code: 'cancelled' } : { value: { status: 'approved' } },
  );
  await page.bringToFront();
  await expectRecovery(page);
});
