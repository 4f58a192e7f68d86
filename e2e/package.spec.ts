import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

/** Runs one of the project's own tools and gives what it prints; a failure is its output. */
function run(tool: string, args: string[], cwd = '.'): string {
  try {
    return execFileSync(resolve('node_modules/.bin', tool), args, { cwd, encoding: 'utf8' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${tool} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}

/** An empty project that has installed the package as npm would publish it, with the dependencies of this one. */
function install(): { folder: string; tarball: string } {
  const folder = mkdtempSync(join(tmpdir(), 'verify-passkeys-'));
  const printed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = JSON.parse(printed) as [{ filename: string }];
  const tarball = join(folder, filename);
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@simplewebauthn'), { recursive: true });
  mkdirSync(join(modules, '@playwright'));
  renameSync(join(folder, 'package'), join(modules, 'verify-passkeys'));
  for (const name of [
    'ky',
    'valibot',
    '@simplewebauthn/browser',
    '@simplewebauthn/server',
    '@playwright/test',
  ]) {
    symlinkSync(resolve('node_modules', name), join(modules, name));
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  copyFileSync('e2e/consumer.ts', join(folder, 'consumer.ts'));
  return { folder, tarball };
}

test.describe.configure({ mode: 'default' });

let installed: ReturnType<typeof install>;
test.beforeAll(() => {
  installed = install();
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
