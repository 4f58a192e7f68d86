/** A page loads ES2022 and nothing newer, so that the oldest browsers that the guide names can run it. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { ESLint, type Linter } from 'eslint';
import esX from 'eslint-plugin-es-x';
import { bundle, importOf } from '../bundle.ts';

/** Syntax and built-ins that came after ES2022. */
const newer: Linter.Config[] = [
  {
    ...esX.configs['flat/no-new-in-es2023'],
    files: ['**/*'],
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module' },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
    // With this setting the linter finds methods too, which it recognizes only by their names.
    settings: { 'es-x': { aggressive: true } },
  },
  { ...esX.configs['flat/no-new-in-es2024'], files: ['**/*'] },
  { ...esX.configs['flat/no-new-in-es2025'], files: ['**/*'] },
];

async function findNewer(code: string): Promise<string[]> {
  const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: newer, ignore: false });
  const [result] = await eslint.lintText(code, { filePath: 'code.js' });
  return (
    result!.messages
      // Arrays have long had methods with the names of the iterators' methods, and valibot has a function union.
      .filter(({ ruleId }) => !/^es-x\/no-(iterator-prototype-|set-prototype-union)/.test(ruleId ?? ''))
      .map(({ message, line }) => `${line}: ${message}`)
  );
}

test('the check of this suite finds newer syntax and newer built-ins', async () => {
  expect(await findNewer('export const last = [1].findLast(Boolean);')).toHaveLength(1);
  expect(await findNewer('export const { promise } = Promise.withResolvers();')).toHaveLength(1);
  expect(await findNewer('export const set = /[a--b]/v;')).toHaveLength(1);
});

for (const folder of ['client', 'messages']) {
  test(`the modules of dist/${folder} are ES2022`, async () => {
    const files = readdirSync(`dist/${folder}`).filter((name) => name.endsWith('.js'));
    expect(files.length).toBeGreaterThan(5);
    for (const name of files)
      expect(await findNewer(readFileSync(`dist/${folder}/${name}`, 'utf8')), name).toEqual([]);
  });
}

test('the single file is ES2022, its dependencies included', async () => {
  expect(await findNewer(readFileSync('dist/verify-passkeys.min.js', 'utf8'))).toEqual([]);
});

test('the files that a bundler makes of the package are ES2022 too', async () => {
  const { first, later } = await bundle(importOf('.'));
  for (const code of [...first, ...later]) expect(await findNewer(code)).toEqual([]);
});
