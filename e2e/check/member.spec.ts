/** After somebody adds a member to a credential as CONTRIBUTING says, the check and the emulator know the member. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { build } from 'esbuild';
import ts from 'typescript';
import type { checkRegistration } from 'verify-passkeys';
import { registration, rename, set } from '../credential.ts';

const schemas = 'src/contract/credential.ts';
const table = 'src/contract/check/member.ts';
const emulator = ['src/emulator/factor.ts', 'src/emulator/challenge.ts'];

/** https://www.w3.org/TR/webauthn-3/#dom-authenticatorattestationresponsejson-publickey */
const path = 'response.publicKey';

/** The files that the recipe changes, with their text. Nothing is written. */
const changed = new Map([schemas, table].map((file) => [resolve(file), readFileSync(file, 'utf8')]));

/** Puts a line before another in a changed file. */
const insert = (file: string, before: string, line: string) => replace(file, before, `${line}\n${before}`);

function replace(file: string, old: string, text: string): void {
  const code = changed.get(resolve(file))!;
  expect(code.split(old), `${file} holds "${old}" once`).toHaveLength(2);
  changed.set(resolve(file), code.replace(old, text));
}

const { options: ofSource } = ts.getParsedCommandLineOfConfigFile(
  'src/tsconfig.json',
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: () => {},
  },
)!;
// The files that are asked for use nothing of the DOM, whose types alone take longer than all the rest.
const options = { ...ofSource, lib: ['lib.es2023.d.ts'] };
const host = ts.createCompilerHost(options);
const readSource = host.getSourceFile;
const parsed = new Map<string, ts.SourceFile | undefined>();
host.getSourceFile = (file, languageVersion) => {
  const text = changed.get(resolve(file));
  if (text !== undefined) return ts.createSourceFile(file, text, languageVersion);
  if (!parsed.has(file)) parsed.set(file, readSource(file, languageVersion));
  return parsed.get(file);
};

let program: ts.Program | undefined;

/** What the compiler says about these files as they are now. */
function compile(files: string[]): string {
  program = ts.createProgram(files, options, host, program);
  const { getSemanticDiagnostics, getSourceFile } = program;
  const errors = files.flatMap((file) => getSemanticDiagnostics(getSourceFile(file)));
  return ts.formatDiagnostics(errors, host);
}

test('a member that is added in the two files that CONTRIBUTING names is checked, with sensible messages', async () => {
  const recipe = readFileSync('.github/CONTRIBUTING.md', 'utf8').match(
    /^- \*\*a member of a credential\*\*.*$/m,
  )![0];
  for (const file of [schemas, table]) expect(recipe).toContain(`\`${file}\``);

  insert(schemas, '    transports: v.optional(', '    publicKey: v.optional(base64url),');
  expect(compile([schemas]), 'a schema without its type').toContain("'publicKey' does not exist");
  insert(schemas, '    /** How the browser may reach', '    publicKey?: string | undefined;');
  expect(compile([table]), 'a type without its row').toContain(`"${path}"' is missing`);
  const row = (form: string) =>
    `  '${path}': { code: 60385, register: 'optional', form: '${form}', aliases: ['spki'] },`;
  insert(table, "  'response.transports':", row('object'));
  expect(compile([table]), 'a row that contradicts the type').toContain(
    'Type \'"object"\' is not assignable to type \'"base64url" | "text"\'',
  );
  replace(table, row('object'), row('base64url'));
  expect(compile([schemas, table, ...emulator])).toBe('');

  const { outputFiles } = await build({
    entryPoints: ['src/contract/check/check.ts'],
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [
      {
        name: 'changed',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
            const contents = changed.get(file);
            return contents === undefined ? undefined : { contents, loader: 'ts' };
          }),
      },
    ],
  });
  const code = Buffer.from(outputFiles[0]!.contents).toString('base64');
  const built = await import(`data:text/javascript;base64,${code}`);
  const check: typeof checkRegistration = built.checkRegistration;
  const key = 'MFkwEwYHKoZIzj0CAQ';
  expect(check(registration)).toEqual([]);
  expect(check(set(path, key)(registration))).toEqual([]);
  expect(check(set(path, `${key}==`)(registration))).toEqual([
    {
      path,
      code: 60385,
      message: `${path} is padded base64url (with =); expected base64url text, encoded once and without padding.`,
      fix: `Encode the bytes of ${path} as base64url, once: A to Z, a to z, 0 to 9, - and _, no = at the end.`,
    },
  ]);
  expect(check(set(path, null)(registration))).toMatchObject([
    { path, message: `${path} is null; expected base64url text.` },
  ]);
  for (const spelling of ['public_key', 'spki']) {
    const misspelled = rename(path, spelling)(set(path, key)(registration));
    const message = `publicKey is spelled ${spelling}; expected exactly publicKey.`;
    expect(check(misspelled)).toMatchObject([{ path, code: 60385, message }]);
  }
});
