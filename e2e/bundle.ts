/** Bundles an import of the package as a user's bundler would, to see how much of the package it takes. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Rolldown } from 'vite';
import demandPackage from './built.ts';

// Checked here too, since a run without `-c e2e` has no global set-up.
demandPackage();

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, { default: string }>;
};

/** The file that a door of the package opens. */
export const doorOf = (door: string) => resolve(exports[door]!.default);

/** The code that imports these names from a door of the package. */
export const importOf = (door: string, names = '*') =>
  `export ${names === '*' ? '*' : `{ ${names} }`} from ${JSON.stringify(doorOf(door))}`;

/** The code that a bundle loads at first and later, and all its files by name; `entry` is the first file's name. */
export type Bundle = { first: string[]; later: string[]; entry: string; files: Record<string, string> };

/** Bundles and minifies code with its imports, except the packages in `without`. With `isOneFile` it makes one file. */
export async function bundle(code: string, without: string[] = [], isOneFile = false): Promise<Bundle> {
  // Not every test of a spec needs Vite, which takes a second to load.
  const { build } = await import('vite');
  const entry = resolve('entry-of-the-bundle.tsx');
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { alias: { 'verify-passkeys': resolve(exports['.']!.default) } },
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic' } },
    // A server build does not wrap dynamic imports in Vite's preloading.
    ssr: { noExternal: true },
    build: {
      write: false,
      ssr: true,
      minify: true,
      target: 'es2022',
      rolldownOptions: {
        input: entry,
        external: [/^node:/, ...without],
        ...(isOneFile && { output: { codeSplitting: false } }),
      },
    },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
  })) as Rolldown.RolldownOutput;
  const chunks = built.output.filter((output) => output.type === 'chunk');
  const first = new Set<string>();
  const add = (name: string) => {
    const chunk = chunks.find(({ fileName }) => fileName === name);
    if (!chunk || first.has(name)) return;
    first.add(name);
    chunk.imports.forEach(add);
  };
  const entryName = chunks.find(({ isEntry }) => isEntry)!.fileName;
  add(entryName);
  const codeOf = (wanted: boolean) =>
    chunks.filter(({ fileName }) => first.has(fileName) === wanted).map(({ code: text }) => text);
  return {
    first: codeOf(true),
    later: codeOf(false),
    entry: entryName,
    files: Object.fromEntries(chunks.map(({ fileName, code: text }) => [fileName, text])),
  };
}

/** The bytes that the browser downloads: each file compressed by brotli. */
export const brotli = (files: string[]) =>
  files.reduce((sum, code) => sum + brotliCompressSync(code).length, 0);
