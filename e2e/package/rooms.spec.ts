/** The linter enforces the rule of the rooms: an import that breaks it fails `npm run check` with the reason. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const doors = ['client', 'relay', 'emulator', 'playwright', 'messages'];
const rule = 'doors import the contract, the contract imports nobody, and doors never import each other';
const publicDoors = 'by its public doors, never from src';

const forms: [name: string, write: (from: string) => string][] = [
  ['an import', (from) => `import { x } from '${from}';\nconsole.log(x);\n`],
  ['an import of a type', (from) => `import type { X } from '${from}';\nexport type Y = X;\n`],
  ['a re-export', (from) => `export { x } from '${from}';\n`],
  ['an import on demand', (from) => `export const load = () => import('${from}');\n`],
];

type Row = [folder: string, from: string, said: string | undefined];

const rows: Row[] = [
  ...doors.flatMap((door): Row[] => [
    ['src/contract', `../${door}/x.ts`, rule],
    ['src/contract/check', `../../${door}/x.ts`, rule],
    ...doors.filter((other) => other !== door).map((other): Row => [`src/${door}`, `../${other}/x.ts`, rule]),
    [`src/${door}`, 'verify-passkeys', rule],
    [`src/${door}`, '../contract/ceremony.ts', undefined],
    [`src/${door}`, './x.ts', undefined],
  ]),
  ['src/contract', '../index.ts', rule],
  ['src/contract/check', '../bytes.ts', undefined],
  ['src/cli', '../client/x.ts', rule],
  ['src/cli', '../relay/x.ts', rule],
  ['src/cli', '../contract/check/check.ts', undefined],
  ['demo/page', '../../src/contract/ceremony.ts', publicDoors],
  ['demo/page/wire', '../../../src/client/passkeys.ts', publicDoors],
  ['demo/server', '../../src/relay/config.ts', publicDoors],
  ['demo/worker', '../../src/emulator/index.ts', publicDoors],
  ['demo/page', 'verify-passkeys', undefined],
];

let said: Map<string, string>;
const fileOf = (folder: string, row: number, form: number) => `${folder}/wrong-${row}-${form}.ts`;

test.beforeAll(() => {
  const copy = mkdtempSync(join(tmpdir(), 'verify-passkeys-rooms-'));
  copyFileSync('biome.json', join(copy, 'biome.json'));
  rows.forEach(([folder, from], row) => {
    forms.forEach(([, write], form) => {
      const file = join(copy, fileOf(folder, row, form));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, write(from));
    });
  });
  const args = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none'];
  const { stdout } = spawnSync(resolve('node_modules/.bin/biome'), args, { cwd: copy, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; message: string; location: { path: string } }[];
  };
  said = new Map(
    diagnostics
      .filter(({ category }) => category === 'lint/style/noRestrictedImports')
      .map(({ location, message }) => [location.path, message]),
  );
  rmSync(copy, { recursive: true });
});

rows.forEach(([folder, from, expected], row) => {
  const may = expected ? 'may not' : 'may';
  test(`a file of ${folder} ${may} import ${from}`, () => {
    forms.forEach(([form], i) => {
      const message = said.get(fileOf(folder, row, i));
      if (expected) expect(message, form).toContain(expected);
      else expect(message, form).toBeUndefined();
    });
  });
});
