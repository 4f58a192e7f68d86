/** Tries the packed package in frameworks that it installs from the registry. `npm test` does not run this. */
import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.ts';

const chromium = tests.projects!.find(({ name }) => name === 'chromium')!;

export default defineConfig({
  testDir: '.',
  testMatch: /\.matrix\.ts$/,
  tsconfig: '../tsconfig.dist.json',
  globalSetup: ['../built.ts', '../install.ts'],
  outputDir: '../../test-results',
  workers: 1,
  // Installing and building an app takes minutes.
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  ...(chromium.use && { use: chromium.use }),
});
