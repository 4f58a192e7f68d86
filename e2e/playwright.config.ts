/** Runs every test there is: in Node what needs no page, else in a real browser. */
import { defineConfig } from '@playwright/test';
import { findChromium } from './browsers.ts';

const executablePath = findChromium();
const inBrowser = /\.page\.spec\.ts$/;

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
          ...(executablePath && { executablePath }),
          args: [
            // A container's root has no sandbox, and a test has no business with the network.
            ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
            '--disable-background-networking',
          ],
        },
      },
    },
  ],
});
