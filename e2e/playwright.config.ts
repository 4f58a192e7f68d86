/** Runs every test: those without a page in Node, the others in real browsers. */
import { defineConfig } from '@playwright/test';
import { findChromium, findFirefox } from './browser/browsers.ts';

const chromium = findChromium();
const firefox = findFirefox();
const inNode = /(?<!\.page)\.spec\.ts$/;

/** A page spec runs in every browser, unless its name has a browser: `.firefox.page.spec.ts` runs only in Firefox. */
const inChromium = /(?<!\.firefox)\.page\.spec\.ts$/;
const inFirefox = /(?<!\.chromium)\.page\.spec\.ts$/;

export default defineConfig({
  testDir: '.',
  tsconfig: './tsconfig.dist.json',
  globalSetup: ['./built.ts', './install.ts'],
  outputDir: '../test-results',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // One more than the cores of a small machine, since many tests wait: for a deadline, a process or a browser.
  workers: 3,
  // Long enough for a machine that is busy with other things: no test is about how fast it runs.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  // Playwright's own defaults. It sets up each option that is not given here anew for every test, which took a third of
  // an empty test's time.
  use: {
    acceptDownloads: true,
    bypassCSP: false,
    clientCertificates: [],
    colorScheme: 'light',
    contrast: 'no-preference',
    deviceScaleFactor: 1,
    extraHTTPHeaders: {},
    forcedColors: 'none',
    hasTouch: false,
    ignoreHTTPSErrors: false,
    isMobile: false,
    javaScriptEnabled: true,
    locale: 'en-US',
    offline: false,
    permissions: [],
    reducedMotion: 'no-preference',
    serviceWorkers: 'allow',
    viewport: { width: 1280, height: 720 },
  },
  projects: [
    {
      name: 'firefox',
      testMatch: inFirefox,
      // One Firefox at a time, beside the other projects: it takes a core, and each further one ten seconds to start.
      workers: 1,
      use: {
        browserName: 'firefox',
        // A stock Firefox, over WebDriver BiDi.
        channel: 'moz-firefox',
        launchOptions: {
          ...(firefox && { executablePath: firefox }),
          args: ['--marionette'],
          firefoxUserPrefs: {
            'security.webauth.webauthn_enable_softtoken': true,
            'security.webauth.webauthn_enable_usbtoken': false,
            'security.webauth.always_allow_direct_attestation': true,
            'focusmanager.testmode': true,
            // The demo's animations would keep Firefox painting.
            'ui.prefersReducedMotion': 1,
          },
        },
      },
    },
    { name: 'node', testMatch: inNode },
    {
      name: 'chromium',
      testMatch: inChromium,
      use: {
        browserName: 'chromium',
        launchOptions: {
          ...(chromium && { executablePath: chromium }),
          args: [
            // Chromium's sandbox refuses root, as in containers. The tests need no network.
            ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
            '--disable-background-networking',
          ],
        },
      },
    },
  ],
});
