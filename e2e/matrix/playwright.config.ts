/** Tries the packed package in frameworks from the registry: no part of `npm test`, which installs nothing of them. */
import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.ts';

const chromium = tests.projects!.find(({ name }) => name === 'chromium')!;

export default defineConfig({
  testDir: '.',
  testMatch: /\.matrix\.ts$/,
  tsconfig: '../tsconfig.json',
  globalSetup: ['../built.ts', '../install.ts'],
  outputDir: '../../test-results',
  workers: 1,
  reporter: [['list']],
  ...(chromium.use && { use: chromium.use }),
});
