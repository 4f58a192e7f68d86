/** The linter enforces which folder may import which: a wrong import fails `npm run check` with the reason. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const doors = ['client', 'relay', 'emulator', 'playwright', 'messages'];
const rule = 'Doors import the contract; the contract imports nobody; doors never import each other.';
const publicDoors = 'from its public entry points, never from src or dist';

/** Every way to import, by an import of `x`, `X` or everything. */
const forms: [name: string, write: (from: string) => string][] = [
  ['an import', (from) => `import { x } from '${from}';\nconsole.log(x);\n`],
  ['an import of everything', (from) => `import * as x from '${from}';\nconsole.log(x);\n`],
  ['an import for its side effects', (from) => `import '${from}';\n`],
  ['an import of a type', (from) => `import type { X } from '${from}';\nexport type Y = X;\n`],
  ['an import of one type', (from) => `import { type X } from '${from}';\nexport type Y = X;\n`],
  ['a re-export', (from) => `export { x } from '${from}';\n`],
  ['a re-export of everything', (from) => `export * from '${from}';\n`],
  ['a re-export under a name', (from) => `export * as x from '${from}';\n`],
  ['a re-export of a type', (from) => `export type { X } from '${from}';\n`],
  ['an import on demand', (from) => `export const load = () => import('${from}');\n`],
  ['an import of CommonJS', (from) => `import x = require('${from}');\nconsole.log(x);\n`],
];

/** Forms in which the linter cannot see the path. They are refused wherever they import from. */
const hidden: [name: string, write: (from: string) => string][] = [
  ['an import on demand of a template', (from) => `export const load = () => import(\`${from}\`);\n`],
  [
    'an import on demand of a variable',
    (from) => `const x = '${from}';\nexport const load = () => import(x);\n`,
  ],
  ['require()', (from) => `export const x = require('${from}');\n`],
  ['the type of an import', (from) => `export type Y = import('${from}').X;\n`],
  ['the type of a whole import', (from) => `export type Y = typeof import('${from}');\n`],
];

type Row = [folder: string, from: string, said: string | undefined];

const rows: Row[] = [
  ...doors.flatMap((door): Row[] => [
    ['src/contract', `../${door}/x.ts`, rule],
    ['src/contract', `../${door}`, rule],
    ['src/contract/check', `../../${door}/x.ts`, rule],
    ...doors
      .filter((other) => other !== door)
      .flatMap((other): Row[] => [
        [`src/${door}`, `../${other}/x.ts`, rule],
        [`src/${door}`, `../${other}`, rule],
      ]),
    [`src/${door}`, '../cli/x.ts', rule],
    [`src/${door}`, '../openapi/index.ts', rule],
    [`src/${door}`, '../../demo/x.ts', rule],
    [`src/${door}`, '../../dist/index.js', rule],
    [`src/${door}`, '../contract/../cli/x.ts', rule],
    [`src/${door}`, './../cli/x.ts', rule],
    [`src/${door}`, '../index', rule],
    [`src/${door}`, '..', rule],
    [`src/${door}`, 'verify-passkeys', rule],
    [`src/${door}`, 'verify-passkeys/relay', rule],
    [`src/${door}`, '../contract/ceremony.ts', undefined],
    [`src/${door}`, '../contract/check/check.ts', undefined],
    [`src/${door}`, './x.ts', undefined],
    [`src/${door}`, 'valibot', undefined],
  ]),
  ['src/contract', '../index.ts', rule],
  ['src/contract', '../openapi/index.ts', rule],
  ['src/openapi', '../relay/x.ts', rule],
  ['src/openapi', '../contract/route.ts', undefined],
  ['src/contract', './check/check.ts', undefined],
  ['src/contract/check', '../../index.ts', rule],
  ['src/contract/check', '../../../dist/index.js', rule],
  ['src/contract/check', '../bytes.ts', undefined],
  ['src', './relay/x.ts', rule],
  ['src', './emulator/index.ts', rule],
  ['src', '../demo/x.ts', rule],
  ['src', './client/passkeys.ts', undefined],
  ['src', './contract/check/check.ts', undefined],
  ['src/cli', '../client/x.ts', rule],
  ['src/cli', '../relay/x.ts', rule],
  ['src/cli', '../index.ts', rule],
  ['src/cli', '../emulator/config.ts', rule],
  ['src/cli', '../emulator/index.ts', undefined],
  ['src/cli', '../contract/check/check.ts', undefined],
  ['src/cli/service', '../../relay/x.ts', rule],
  ['src/cli/service', '../../index.ts', rule],
  ['src/cli/service', '../../emulator/config.ts', rule],
  ['src/cli/service', '../../../dist/index.js', rule],
  ['src/cli/service', '../../emulator/index.ts', undefined],
  ['src/cli/service', '../../contract/origin.ts', undefined],
  ['src/cli/service', '../print.ts', undefined],
  ['demo/page', '../../src', publicDoors],
  ['demo/page', '../../src/contract/ceremony.ts', publicDoors],
  ['demo/page', '../../dist/client/passkeys.js', publicDoors],
  ['demo/page/wire', '../../../src/client/passkeys.ts', publicDoors],
  ['demo/server', '../../src/relay/config.ts', publicDoors],
  ['demo/site', '../../src/contract/error-code.ts', publicDoors],
  ['demo/worker', '../../src/emulator/index.ts', publicDoors],
  ['demo/page', 'verify-passkeys', undefined],
  ['e2e/client', '../../src/client/passkeys.ts', publicDoors],
  ['e2e/client', '../../dist/index.js', publicDoors],
  ['e2e/client', 'ajv/dist/2020.js', undefined],
  ['e2e/client', '../test.ts', undefined],
  ['e2e/client', 'verify-passkeys', undefined],
];

/** Writes the files into a folder with the project's rules, and returns what the linter says of each. */
function lint(files: Map<string, string>): Map<string, string> {
  const copy = mkdtempSync(join(tmpdir(), 'verify-passkeys-rooms-'));
  for (const file of ['biome.json', 'src/rooms.grit']) files.set(file, readFileSync(file, 'utf8'));
  for (const [file, code] of files) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), code);
  }
  const args = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none'];
  const { stdout } = spawnSync(resolve('node_modules/.bin/biome'), args, {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  rmSync(copy, { recursive: true });
  type Diagnostic = { category: string; message: string; location: { path: string } };
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
  return new Map(
    diagnostics
      .filter(({ category }) => category === 'plugin')
      .map(({ location, message }) => [location.path, message]),
  );
}

test('a file may import what its room may, and nothing else', () => {
  const write = forms[0]![1];
  const fileOf = (folder: string, row: number) => `${folder}/wrong-${row}.ts`;
  const said = lint(new Map(rows.map(([folder, from], row) => [fileOf(folder, row), write(from)])));
  const found = rows.map(
    ([folder, from], row) => `${folder} imports ${from}: ${said.get(fileOf(folder, row)) ?? 'allowed'}`,
  );
  const wrong = found.filter((line, row) => !line.includes(rows[row]![2] ?? ': allowed'));
  expect(wrong).toEqual([]);
  expect(found.length).toBeGreaterThan(100);
});

test('the rule sees every form of an import, and refuses the forms that hide their path', () => {
  const files = new Map<string, string>();
  const wanted = new Map<string, string>();
  const put = (file: string, code: string, expected: string) => {
    files.set(file, code);
    wanted.set(file, expected);
  };
  for (const [form, write] of forms) {
    const name = `${form.replaceAll(' ', '-')}.ts`;
    put(`src/client/${name}`, write('../relay/x.ts'), rule);
    put(`src/cli/${name}`, write('../relay/x.ts'), rule);
    put(`demo/page/${name}`, write('../../src/client/passkeys.ts'), publicDoors);
  }
  hidden.forEach(([, write], i) => {
    put(`src/client/hidden-${i}.ts`, write('../relay/x.ts'), 'The linter cannot see what this imports');
    put(`demo/page/hidden-${i}.ts`, write('verify-passkeys'), 'The linter cannot see what this imports');
  });
  const said = lint(files);
  for (const [file, expected] of wanted) expect.soft(said.get(file), file).toContain(expected);
});
