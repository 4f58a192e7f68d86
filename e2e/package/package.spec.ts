/** The tarball holds what it should, and its types compile wherever they may be used. */
import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@playwright/test';
import { installPackage } from './install-package.ts';
import { run } from './tool.ts';

test.describe.configure({ mode: 'default' });

let installed: ReturnType<typeof installPackage>;
test.beforeAll(() => {
  installed = installPackage();
  copyFileSync('e2e/package/consumer.ts', join(installed.folder, 'consumer.ts'));
});
test.afterAll(() => rmSync(installed.folder, { recursive: true }));

test('the tarball holds each module of src with its types, the one-file edition, and nothing else', () => {
  const modules = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `dist/${path.replace(/\.ts$/, '')}`);
  // The command is run and never imported; the relay's handler is types alone.
  const expected = modules.flatMap((path) => [
    ...(path === 'dist/relay/handler' ? [] : [`${path}.js`]),
    ...(path.startsWith('dist/cli/') ? [] : [`${path}.d.ts`]),
  ]);
  const others = ['LICENSE', 'README.md', 'package.json', 'dist/verify-passkeys.min.js'];
  const root = join(installed.folder, 'node_modules/verify-passkeys');
  const packed = readdirSync(root, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
  expect(packed.sort()).toEqual([...expected, ...others].sort());
});

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
