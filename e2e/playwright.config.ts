/** Runs every test there is: in Node what needs no page, else in a real browser. */
import { defineConfig } from '@playwright/test';
import { findChromium, findFirefox } from './browsers.ts';

const chromium = findChromium();
const firefox = findFirefox();
const inBrowser = /\.page\.spec\.ts$/;

/** What depends on the browser is tested in both; where they differ, the test says how. */
const inBoth =
  /(authenticator|autofill|cancel|capabilities|ceremonies|demo|immediate|leave|manage|prepare|surroundings|upgrade)\.page/;

export default defineConfig({
  testDir: '.',
  tsconfig: './tsconfig.json',
  globalSetup: './install.ts',
  outputDir: '../test-results',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  timeout: 30_000,
  reporter: [['list']],
  projects: [
    { name: 'node', testIgnore: inBrowser },
    {
      name: 'chromium',
      testMatch: inBrowser,
      use: {
        browserName: 'chromium',
        launchOptions: {
          ...(chromium && { executablePath: chromium }),
          args: [
            // A container's root has no sandbox, and a test has no business with the network.
            ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
            '--disable-background-networking',
          ],
        },
      },
    },
    {
      name: 'firefox',
      testMatch: inBoth,
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
          },
        },
      },
    },
  ],
});
