/** What a page that the user leaves and comes back to does in every browser that keeps it in a back/forward cache. */
import type { Page } from '@playwright/test';
import { spy } from '../spy.ts';
import { expect, expectRecovery, test } from '../test.ts';
import type { Outcome } from '../world.ts';

declare global {
  /** The ceremony that was running when the user left the page. */
  var left: Promise<Outcome>;
}

/** Leaves the page and comes back. Returns whether the browser kept the page: if not, it has loaded the page again. */
export async function leave(page: Page, elsewhere: () => Promise<void> = async () => {}): Promise<boolean> {
  await page.evaluate(() => Object.assign(globalThis, { isKept: true }));
  await page.goto(new URL('/elsewhere', page.url()).href);
  await elsewhere();
  // Leaving the page ends its promises, so it goes back only after this call has returned. Playwright's goBack does
  // not see a page from the cache.
  await page.evaluate(() => void setTimeout(() => history.back()));
  const isBack = () => page.evaluate(() => location.pathname === '/' && 'passkeys' in globalThis);
  await expect.poll(() => isBack().catch(() => false)).toBe(true);
  return page.evaluate(() => 'isKept' in globalThis);
}

/** Prepares the page, leaves it and comes back, until the browser has kept the page: it need not keep any. */
export async function leaveUntilKept(
  page: Page,
  prepare: () => Promise<void>,
  elsewhere?: () => Promise<void>,
) {
  const once = async () => {
    await prepare();
    return leave(page, elsewhere);
  };
  await expect.poll(once).toBe(true);
}

/** The tests that are the same in every browser. */
export function testKeptPage(): void {
  test('a page that comes back from the cache makes a passkey and signs in', async ({ page, visit }) => {
    await visit();
    await leaveUntilKept(page, async () => {});
    await expectRecovery(page);
  });

  test('autofill() in a page that comes back from the cache asks the browser again', async ({
    page,
    visit,
  }) => {
    await visit();
    const asked = ['Challenges', 'get conditional'];
    let calls = async (): Promise<string[]> => [];
    // Chromium's virtual authenticator has no passkey and refuses each get at once, so the same Challenge is offered again.
    const steps = async () => (await calls()).filter((call, i, all) => call !== all[i - 1]);
    await leaveUntilKept(page, async () => {
      calls = await spy(page);
      await page.evaluate(() => {
        globalThis.left = outcome(passkeys.autofill());
      });
      await expect.poll(steps).toEqual(asked);
    });
    await expect.poll(steps).toEqual([...asked, ...asked]);
    await expectRecovery(page);
  });
}
