/** Measures with every bundler, also with those that only this run installs. `npm test` measures with four. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '../package',
  testMatch: 'size.spec.ts',
  tsconfig: '../tsconfig.dist.json',
  globalSetup: ['../built.ts', './install.ts'],
  outputDir: '../../test-results',
  fullyParallel: true,
  workers: 2,
  timeout: 600_000,
  reporter: [['list']],
});
