/** Runs the benchmarks one after another. Every speed figure in the README comes from their output. */
import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.ts';

const chromium = tests.projects!.find(({ name }) => name === 'chromium')!;

export default defineConfig({
  testDir: '.',
  testMatch: /\.bench\.ts$/,
  tsconfig: '../tsconfig.dist.json',
  globalSetup: ['../built.ts', '../install.ts'],
  outputDir: '../../test-results',
  workers: 1,
  timeout: 600_000,
  reporter: [['list']],
  ...(chromium.use && { use: chromium.use }),
});
