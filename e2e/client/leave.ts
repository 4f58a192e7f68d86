/** Leaves a page and comes back to it, and tests a page that the browser has kept in its back/forward cache meanwhile. */
import type { Page } from '@playwright/test';
import type { Authenticator } from 'verify-passkeys/playwright';
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

/** Prepares the page, leaves it and comes back, until the browser has kept it. It may drop any page. */
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

/** Begins a registration whose prompt stays open. */
export async function openPrompt(page: Page, authenticator: Authenticator): Promise<void> {
  await authenticator.hold();
  const calls = await spy(page);
  await page.evaluate(() => {
    globalThis.left = outcome(passkeys.register());
  });
  await expect.poll(calls).toContain('create');
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
