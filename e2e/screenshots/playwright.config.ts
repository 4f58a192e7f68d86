/** Takes the pictures of the demo for README: `npm run screenshots`. */
import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.ts';

const chromium = tests.projects!.find(({ name }) => name === 'chromium')!;

export default defineConfig({
  testDir: '.',
  testMatch: 'screenshots.ts',
  tsconfig: '../tsconfig.json',
  globalSetup: ['../built.ts', '../install.ts'],
  outputDir: '../../test-results',
  workers: 1,
  reporter: [['list']],
  use: chromium.use!,
});
