/** The tarball holds the right files, and its types compile in every setting that users have. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@playwright/test';
import { installPackage } from './install-package.ts';
import { compilers, run } from './tool.ts';

test.describe.configure({ mode: 'default' });

let installed: ReturnType<typeof installPackage>;
test.beforeAll(() => {
  installed = installPackage();
  for (const program of ['consumer.ts', 'server.ts']) {
    copyFileSync(join('e2e/package', program), join(installed.folder, program));
  }
});
test.afterAll(() => rmSync(installed.folder, { recursive: true }));

test('the tarball holds the types of each module of src, the built modules, and nothing else', () => {
  const modules = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `dist/${path.replace(/\.ts$/, '')}`);
  // Two parts have no types: the command is run and never imported, and openapi runs only in the build.
  const types = modules.filter((path) => !/^dist\/(cli|openapi)\//.test(path)).map((path) => `${path}.d.ts`);
  const root = join(installed.folder, 'node_modules/verify-passkeys');
  const packed = readdirSync(root, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
  expect(packed.filter((path) => path.endsWith('.d.ts')).sort()).toEqual(types.sort());
  // The build joins the page's modules, and the bundler may add a module of its own.
  const isBuilt = (path: string) =>
    modules.includes(path.replace(/\.js$/, '')) || /^dist\/(client|_virtual)\/.*\.js$/.test(path);
  const others = packed.filter((path) => !path.endsWith('.d.ts') && !isBuilt(path));
  expect(others.sort()).toEqual([
    'LICENSE',
    'README.md',
    'dist/client/LICENSES.md',
    'dist/openapi.json',
    'dist/verify-passkeys.min.LICENSES.md',
    'dist/verify-passkeys.min.js',
    'package.json',
  ]);
  for (const door of [
    'index',
    'credential',
    'relay/index',
    'emulator/index',
    'playwright/index',
    'cli/index',
  ])
    expect(packed).toContain(`dist/${door}.js`);
});

test('the single file names its licence and, in the file beside it, that of every package it contains', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const root = join(installed.folder, 'node_modules/verify-passkeys/dist');
  const [banner] = readFileSync(join(root, 'verify-passkeys.min.js'), 'utf8').split('\n');
  expect(banner).toMatch(/^\/\*! verify-passkeys, MIT.*: verify-passkeys\.min\.LICENSES\.md \*\/$/);
  const licences = readFileSync(join(root, 'verify-passkeys.min.LICENSES.md'), 'utf8');
  for (const name of Object.keys(dependencies)) {
    const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
    expect(licences).toContain(`## ${name} - ${version} (${license})\n`);
  }
  expect(licences.match(/Copyright \(c\)/g)).toHaveLength(Object.keys(dependencies).length);
});

test('beside the parts of the page are the licences of what is copied into them', () => {
  const root = join(installed.folder, 'node_modules/verify-passkeys/dist');
  const licences = readFileSync(join(root, 'client/LICENSES.md'), 'utf8');
  const copied = ['@simplewebauthn/browser', 'valibot'];
  for (const name of copied) expect(licences).toContain(`## ${name} - `);
  expect(licences.match(/Copyright \(c\)/g)).toHaveLength(copied.length);
});

test('publint finds nothing to warn of', () => {
  expect(run('publint', ['--strict', installed.tarball])).toContain('All good!');
});

test('the types resolve wherever ES modules do', () => {
  const report = run('attw', ['--profile', 'esm-only', '--format', 'json', installed.tarball]);
  expect(Object.keys(JSON.parse(report).analysis.entrypoints)).toContain('./relay');
});

/** Compiles a program in the installed project as its user would, and returns the compiler's output. */
function compile(name: string, file: string, options: object, compiler = compilers[7]): string {
  const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, target: 'es2022', ...options };
  const config = join(installed.folder, `tsconfig.${name}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
  return run(compiler, ['-p', config]);
}

const page = { lib: ['es2022', 'dom', 'dom.iterable'], types: [] };
const server = { lib: ['es2022'], types: ['node'] };

// node16 asks for file extensions, and bundler does not.
const node16 = { module: 'node16', moduleResolution: 'node16' };
const strictest = { ...page, ...node16, exactOptionalPropertyTypes: true };

test("a user's program compiles under the strictest options, which check the package's types too", () => {
  const checked = { skipLibCheck: false, skipDefaultLibCheck: true };
  expect(compile('strictest', 'consumer.ts', { ...strictest, ...checked })).toBe('');
});

test("a user's program compiles under TypeScript 6", () => {
  expect(compile('six', 'consumer.ts', strictest, compilers[6])).toBe('');
});

test("a user's program compiles under moduleResolution bundler, without exactOptionalPropertyTypes", () => {
  const options = { ...page, module: 'esnext', moduleResolution: 'bundler' };
  expect(compile('bundler', 'consumer.ts', options)).toBe('');
});

test("a server's program compiles without a page's types", () => {
  expect(compile('server', 'server.ts', { ...server, module: 'nodenext' })).toBe('');
});

// TypeScript 6 calls this node10: it reads `main`, `types` and `typesVersions`, and not `exports`. TypeScript 7 lacks it.
const node10 = { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' };

test("a user's program compiles if only the older fields of package.json are read", () => {
  expect(compile('older', 'consumer.ts', { ...page, ...node10 }, compilers[6])).toBe('');
});

test('the older fields of package.json name the same files as exports', () => {
  const { main, types, exports, typesVersions } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect({ types, default: main }).toEqual(exports['.']);
  const { '.': _, './openapi.json': __, ...doors } = exports as Record<string, { types: string }>;
  const older = Object.entries(doors).map(([door, { types: declared }]) => [door.slice(2), [declared]]);
  expect(typesVersions['*']).toEqual(Object.fromEntries(older));
});

for (const [name, options, compiler] of [
  ['nodenext', { module: 'nodenext' }, compilers[7]],
  ['node10', node10, compilers[6]],
] as const) {
  test(`a server's program, compiled to CommonJS under ${name}, requires the package and runs`, () => {
    const project = join(installed.folder, name);
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "type": "commonjs" }');
    writeFileSync(join(project, 'main.ts'), commonJs);
    const emitting = { ...server, ...options, noEmit: false };
    expect(compile(name, `${name}/main.ts`, emitting, compiler)).toBe('');
    expect(readFileSync(join(project, 'main.js'), 'utf8')).toContain('require("verify-passkeys/relay")');
    const answer = execFileSync(process.execPath, [join(project, 'main.js')], { encoding: 'utf8' });
    expect(answer).toBe('401 not_signed_in');
  });
}

const commonJs = `
import { createRelay } from 'verify-passkeys/relay';
const relay = createRelay({
  serviceSid: 'VA' + '1'.repeat(32), apiKey: 'SK' + '2'.repeat(32), apiKeySecret: 'secret',
  cookieSecret: 'x'.repeat(32), identify: () => null,
});
const headers = { origin: 'http://localhost:3000', 'content-type': 'application/json' };
relay(new Request('http://localhost:3000/passkeys/Factors', { method: 'POST', headers, body: '{}' }))
  .then(async (answer) => process.stdout.write(answer.status + ' ' + (await answer.json() as { code: string }).code));
`;
