/** A page that the user leaves and comes back to still works, reloaded or from the back/forward cache. */
import type { Page } from '@playwright/test';
import { spy } from '../spy.ts';
import { expect, expectRecovery, test } from '../test.ts';
import type { Outcome } from '../world.ts';

// Playwright turns the back/forward cache off, but users have it on.
test.use({ cacheOfLeftPages: true });

// These tests need a browser of their own, and one is enough.
test.describe.configure({ mode: 'default' });

declare global {
  /** The ceremony that was running when the user left the page. */
  var left: Promise<Outcome>;
}

/** Leaves the page, and returns a function that goes back. Playwright's goBack does not see a page from the cache. */
async function leave(page: Page, origin: string) {
  await page.goto(`${origin}/elsewhere`);
  return async () => {
    // Leaving the page ends its promises, so it goes back only after this call has returned.
    await page.evaluate(() => void setTimeout(() => history.back()));
    const isBack = () => page.evaluate(() => location.pathname === '/' && 'passkeys' in globalThis);
    await expect.poll(() => isBack().catch(() => false)).toBe(true);
  };
}

test('a page that comes back from the cache makes a passkey and signs in', async ({ page, visit }) => {
  const { origin } = await visit();
  await page.evaluate(() => Object.assign(globalThis, { mark: 'this very page' }));
  const comeBack = await leave(page, origin);
  await comeBack();
  expect(await page.evaluate(() => (globalThis as { mark?: string }).mark)).toBe('this very page');
  await expectRecovery(page);
});

test('a page left with its prompt open works again: Chromium reloads it, Firefox keeps it and its ceremony ends', async ({
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

test('autofill() in a page that comes back from the cache asks the browser again', async ({
  page,
  visit,
}) => {
  const { origin } = await visit();
  const calls = await spy(page);
  // Chromium's virtual authenticator has no passkey and refuses each get at once, so the same Challenge is offered again.
  const steps = async () => (await calls()).filter((call, i, all) => call !== all[i - 1]);
  await page.evaluate(() => {
    globalThis.left = outcome(passkeys.autofill());
  });
  await expect.poll(steps).toEqual(['Challenges', 'get conditional']);
  const comeBack = await leave(page, origin);
  await comeBack();
  await expect.poll(steps).toEqual(['Challenges', 'get conditional', 'Challenges', 'get conditional']);
  await expectRecovery(page);
});
