/** Changes the source in one place at a time and expects that a test notices. */
import { defineConfig } from '@playwright/test';

// Every process has the same seed.
process.env.MUTATE_SEED ??= String(Date.now() % 1_000_000);

export default defineConfig({
  testDir: '.',
  testMatch: /\.mutate\.ts$/,
  tsconfig: '../tsconfig.dist.json',
  outputDir: '../../test-results',
  fullyParallel: true,
  workers: 2,
  // Each test ends by itself when its share of the time is over.
  timeout: 0,
  reporter: [['list']],
});
