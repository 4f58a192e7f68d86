/** A page that is left and comes back works on, loaded anew or kept as it was. */
import type { Page } from '@playwright/test';
import { spy } from '../spy.ts';
import { expect, expectRecovery, test } from '../test.ts';
import type { Outcome } from '../world.ts';

// Playwright turns the cache of left pages off; users have it.
test.use({ cacheOfLeftPages: true });

declare global {
  /** What was under way when the page was left. */
  var left: Promise<Outcome>;
}

/** Leaves the page for another, and gives what comes back to it. Of a kept page Playwright's goBack hears nothing. */
async function leave(page: Page, origin: string) {
  await page.goto(`${origin}/elsewhere`);
  return async () => {
    // The page goes away with its promises, so that it is left after the call has come back.
    await page.evaluate(() => void setTimeout(() => history.back()));
    const isBack = () => page.evaluate(() => location.pathname === '/' && 'passkeys' in globalThis);
    await expect.poll(() => isBack().catch(() => false)).toBe(true);
  };
}

test('a page that was kept while its user was elsewhere makes a passkey and signs in', async ({
  page,
  visit,
}) => {
  const { origin } = await visit();
  await page.evaluate(() => Object.assign(globalThis, { mark: 'this very page' }));
  const comeBack = await leave(page, origin);
  await comeBack();
  expect(await page.evaluate(() => (globalThis as { mark?: string }).mark)).toBe('this very page');
  await expectRecovery(page);
});

test('a page left while its prompt is open works again: Chromium loads it anew, Firefox kept it and its ceremony ends', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  const { origin } = await visit();
  await authenticator.hold();
  const calls = await spy(page);
  await page.evaluate(() => {
    globalThis.left = outcome(passkeys.register());
  });
  await expect.poll(calls).toContain('create');
  const comeBack = await leave(page, origin);
  await authenticator.confirm();
  await comeBack();
  expect(await page.evaluate(() => 'left' in globalThis)).toBe(browserName === 'firefox');
  if (browserName === 'firefox') {
    await authenticator.confirm();
    expect(await page.evaluate(() => left)).toMatchObject({ value: { status: 'verified' } });
  }
  await expectRecovery(page);
});

test('autofill() in a page that was kept asks anew when the user comes back', async ({ page, visit }) => {
  const { origin } = await visit();
  const calls = await spy(page);
  await page.evaluate(() => {
    globalThis.left = outcome(passkeys.autofill());
  });
  await expect.poll(calls).toEqual(['Challenges', 'get conditional']);
  const comeBack = await leave(page, origin);
  await comeBack();
  await expect.poll(calls).toEqual(['Challenges', 'get conditional', 'Challenges', 'get conditional']);
  await expectRecovery(page);
});
