import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { installPackage, run } from './install-package.ts';

test.describe.configure({ mode: 'default' });

let installed: ReturnType<typeof installPackage>;
test.beforeAll(() => {
  installed = installPackage();
  copyFileSync('e2e/consumer.ts', join(installed.folder, 'consumer.ts'));
});
test.afterAll(() => rmSync(installed.folder, { recursive: true }));

test('publint finds nothing to warn of', () => {
  expect(run('publint', ['--strict', '--pack', 'npm'])).toContain('All good!');
});

test('the types resolve wherever ES modules do', () => {
  const report = run('attw', ['--profile', 'esm-only', '--format', 'json', installed.tarball]);
  expect(Object.keys(JSON.parse(report).analysis.entrypoints)).toContain('./relay');
});

for (const moduleResolution of ['bundler', 'node16']) {
  for (const exactOptionalPropertyTypes of [true, false]) {
    test(`a user's program compiles under ${moduleResolution}, exactOptionalPropertyTypes ${exactOptionalPropertyTypes}`, () => {
      const compilerOptions = {
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        exactOptionalPropertyTypes,
        module: moduleResolution === 'node16' ? 'node16' : 'esnext',
        moduleResolution,
        target: 'es2022',
        lib: ['es2022', 'dom', 'dom.iterable'],
        types: [],
      };
      const config = join(installed.folder, `${moduleResolution}-${exactOptionalPropertyTypes}.json`);
      writeFileSync(config, JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
      expect(run('tsc', ['-p', config])).toBe('');
    });
  }
}
