/** Takes the pictures of the demo for README: `npm run screenshots`. */
import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.ts';

const chromium = tests.projects!.find(({ name }) => name === 'chromium')!;

export default defineConfig({
  testDir: '.',
  testMatch: 'screenshots.ts',
  tsconfig: '../tsconfig.dist.json',
  globalSetup: ['../built.ts', '../install.ts'],
  outputDir: '../../test-results',
  workers: 1,
  // A slow machine needs more than Playwright's 30 and 5 seconds.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: chromium.use!,
});
