/** After somebody adds a member to a credential as CONTRIBUTING says, the check knows the member. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import ts from 'typescript';
import type { checkRegistration } from 'verify-passkeys';
import { build } from 'vite';
import { registration, rename, set } from '../credential.ts';

const schemas = 'src/contract/credential.ts';
const table = 'src/contract/check/member.ts';

let copy: string;
test.beforeAll(() => {
  // The copy is inside the project, so that it finds valibot.
  mkdirSync('node_modules/.cache', { recursive: true });
  copy = mkdtempSync(resolve('node_modules/.cache/member-'));
  cpSync('src/contract', join(copy, 'src/contract'), { recursive: true });
});
test.afterAll(() => rmSync(copy, { recursive: true }));

/** Puts a line before another in a file of the copy. */
const insert = (file: string, before: string, line: string) => replace(file, before, `${line}\n${before}`);

function replace(file: string, old: string, text: string): void {
  const path = join(copy, file);
  const code = readFileSync(path, 'utf8');
  expect(code.split(old), `${file} holds "${old}" once`).toHaveLength(2);
  writeFileSync(path, code.replace(old, text));
}

/** The libraries, which do not change between two compilations. */
const parsed = new Map<string, ts.SourceFile>();

/** Compiles the copy, and returns the compiler's errors. */
function compile(): string {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (file, ...rest) => {
    const source = parsed.get(file) ?? read.call(host, file, ...rest);
    if (source && !file.startsWith(copy)) parsed.set(file, source);
    return source;
  };
  const program = ts.createProgram([join(copy, 'src/contract/check/check.ts')], options, host);
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => copy,
    getNewLine: () => '\n',
  });
}

test('a member that is added in the two files that CONTRIBUTING names is checked, with sensible messages', async () => {
  test.slow(); // It compiles four times.
  const recipe = readFileSync('.github/CONTRIBUTING.md', 'utf8').match(
    /^- \*\*a member of a credential\*\*.*$/m,
  )![0];
  for (const file of [schemas, table]) expect(recipe).toContain(`\`${file}\``);

  insert(schemas, '    transports: v.optional(', "    publicKeyAlgorithm: v.optional(v.number('')),");
  expect(compile(), 'a schema without its type').toContain("'publicKeyAlgorithm' does not exist");
  insert(schemas, '    /** How the browser may reach', '    publicKeyAlgorithm?: number | undefined;');
  expect(compile(), 'a type without its row').toContain('"response.publicKeyAlgorithm"\' is missing');
  const row = (form: string) =>
    `  'response.publicKeyAlgorithm': { code: 60378, register: 'optional', form: '${form}', aliases: ['alg'] },`;
  insert(table, "  'response.transports':", row('text'));
  expect(compile(), 'a row that contradicts the type').toContain(
    '\'"text"\' is not assignable to type \'"number"\'',
  );
  replace(table, row('text'), row('number'));
  expect(compile()).toBe('');

  const outDir = join(copy, 'dist');
  await build({
    configFile: false,
    logLevel: 'silent',
    build: { ssr: join(copy, 'src/contract/check/check.ts'), outDir, emptyOutDir: true },
  });
  const built = await import(pathToFileURL(join(outDir, 'check.js')).href);
  const check: typeof checkRegistration = built.checkRegistration;
  const path = 'response.publicKeyAlgorithm';
  expect(check(registration)).toEqual([]);
  expect(check(set(path, -7)(registration))).toEqual([]);
  expect(check(set(path, 'ES256')(registration))).toEqual([
    {
      path,
      code: 60378,
      message: `${path} is "ES256"; expected a number.`,
      fix: `Send ${path} as the browser gave it.`,
    },
  ]);
  expect(check(set(path, null)(registration))).toMatchObject([
    { path, message: `${path} is null; expected a number.` },
  ]);
  for (const key of ['public_key_algorithm', 'alg']) {
    const misspelled = rename(path, key)(set(path, -7)(registration));
    const message = `publicKeyAlgorithm is spelled ${key}; expected exactly publicKeyAlgorithm.`;
    expect(check(misspelled)).toMatchObject([{ path, code: 60378, message }]);
  }
});
