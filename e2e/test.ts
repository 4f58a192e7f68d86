/** Playwright's test with a world to visit and the browser's virtual authenticator, in Chromium and Firefox. */
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { type Authenticator, type AuthenticatorOptions, addAuthenticator } from 'verify-passkeys/playwright';
import { findChrome, findFirefox, noChrome, noFirefox } from './browser/browsers.ts';
import { addFirefoxAuthenticator } from './browser/firefox.ts';
import { openMarionette, type Send } from './browser/marionette.ts';
import demandPackage from './built.ts';
import { type Demo, startDemoServer } from './demo-server.ts';
import { findFreePort } from './port.ts';
import { startWorld, type World, type WorldConfig } from './world.ts';

// Checked here too, since a run without `-c e2e` has no global set-up.
demandPackage();

type Fixtures = {
  browserFound: undefined;
  authenticator: Authenticator;
  authenticatorOptions: AuthenticatorOptions;
  /** Starts a world for this test alone and opens its bare page. */
  visit: (config?: WorldConfig) => Promise<World>;
};

type WorkerFixtures = {
  /** Whether the browser keeps pages in its back/forward cache. */
  cacheOfLeftPages: boolean;
  marionettePort: number;
  marionette: Send | undefined;
  /** The page that all tests of `test` share in a worker. */
  shared: { context: BrowserContext; page: Page };
  /** The demo that the tests of a worker visit, each as a visitor with a session of their own. */
  demo: Demo;
};

/** For tests that need a browser context of their own. */
export const isolated = base.extend<Fixtures, WorkerFixtures>({
  marionettePort: [async ({ browserName: _ }, use) => use(await findFreePort()), { scope: 'worker' }],

  cacheOfLeftPages: [false, { option: true, scope: 'worker' }],

  launchOptions: [
    async ({ browserName, launchOptions, marionettePort, cacheOfLeftPages }, use) => {
      const prefs = { ...launchOptions.firefoxUserPrefs, 'marionette.port': marionettePort };
      if (browserName === 'firefox') await use({ ...launchOptions, firefoxUserPrefs: prefs });
      else if (!cacheOfLeftPages) await use(launchOptions);
      else {
        const chrome = findChrome();
        const ignoreDefaultArgs = ['--disable-back-forward-cache'];
        await use({ ...launchOptions, ...(chrome && { executablePath: chrome }), ignoreDefaultArgs });
      }
    },
    { scope: 'worker' },
  ],

  marionette: [
    async ({ browser, marionettePort }, use) => {
      const isFirefox = browser.browserType().name() === 'firefox';
      await use(isFirefox ? await openMarionette(marionettePort) : undefined);
    },
    { scope: 'worker' },
  ],

  // The next two are defined here, so that all tests have the same worker fixtures and run in the same browsers.
  shared: [
    async ({ browser }, use) => {
      const context = await browser.newContext();
      await use({ context, page: await context.newPage() });
      await context.close();
    },
    { scope: 'worker' },
  ],

  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are used from the pattern
    async ({}, use, { project, workerIndex }) => {
      const demo = await startDemoServer({
        DEMO_DATA: `${project.outputDir}/demo-${workerIndex}/state.json`,
      });
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker' },
  ],

  browserFound: [
    async ({ browserName, cacheOfLeftPages }, use, info) => {
      info.skip(browserName === 'firefox' && !findFirefox(), noFirefox);
      info.skip(browserName === 'chromium' && cacheOfLeftPages && !findChrome(), noChrome);
      await use(undefined);
    },
    { auto: true },
  ],

  authenticatorOptions: [{}, { option: true }],

  authenticator: [
    // It depends on `page` so that the page has the authenticator when the test begins.
    async ({ context, page: _page, authenticatorOptions, marionette }, use) => {
      const authenticator = marionette
        ? await addFirefoxAuthenticator(context, marionette, authenticatorOptions)
        : await addAuthenticator(context, authenticatorOptions);
      await use(authenticator);
      await authenticator.unplug();
    },
    { auto: true },
  ],

  visit: async ({ page }, use) => {
    const worlds: World[] = [];
    await use(async (config) => {
      const world = await startWorld(config);
      worlds.push(world);
      await page.goto(world.origin);
      return world;
    });
    for (const world of worlds) await world.stop();
  },
});

/**
 * All tests of a worker share one page, since opening a page takes longer than most tests. They do not disturb each
 * other: each has its own world, and so its own origin, and state that is not kept by origin is cleared.
 */
export const test = isolated.extend({
  context: ({ shared }, use) => use(shared.context),

  page: async ({ shared: { context, page } }, use) => {
    await use(page);
    for (const tab of context.pages()) if (tab !== page) await tab.close();
    await page.unrouteAll();
    await context.clearCookies();
    if (await isBusy(page)) await page.goto('about:blank');
  },
});

/** Whether a ceremony is running in the page: the next test's authenticator would answer it. */
export const isBusy = (page: Page): Promise<boolean> =>
  page.evaluate(() => Boolean(Reflect.get(globalThis, Symbol.for('verify-passkeys.turn')))).catch(() => true);

/** Expects that the page can make a passkey and sign in with it after a failure. */
export async function expectRecovery(page: Page): Promise<void> {
  const factor = await page.evaluate(() => outcome(passkeys.register()));
  if (factor.code !== 'already_registered') expect(factor).toMatchObject({ value: { status: 'verified' } });
  const challenge = await page.evaluate(() => outcome(passkeys.authenticate()));
  expect(challenge).toMatchObject({ value: { status: 'approved' } });
}

export { expect };
