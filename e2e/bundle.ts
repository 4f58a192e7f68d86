/** Bundles an import of the package as a user's bundler would, to see what of it reaches them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, { default: string }>;
};

/** The file that a door of the package opens. */
export const doorOf = (door: string) => resolve(exports[door]!.default);

/** The code that imports these names from a door of the package. */
export const importOf = (door: string, names = '*') =>
  `export ${names === '*' ? '*' : `{ ${names} }`} from ${JSON.stringify(doorOf(door))}`;

/** What a bundle loads at first, and what later; and all its files by name, `entry` being the one to begin with. */
export type Bundle = { first: string[]; later: string[]; entry: string; files: Record<string, string> };

/** Bundles and minifies code with all that it imports, the packages of `without` left out; in one file where asked. */
export async function bundle(code: string, without: string[] = [], isOneFile = false): Promise<Bundle> {
  const entry = resolve('entry-of-the-bundle.tsx');
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { alias: { 'verify-passkeys': resolve(exports['.']!.default) } },
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic' } },
    // A server build adds no preloading of its own around dynamic imports.
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
    chunks.filter(({ fileName }) => first.has(fileName) === wanted).map(({ code }) => code);
  return {
    first: codeOf(true),
    later: codeOf(false),
    entry: entryName,
    files: Object.fromEntries(chunks.map(({ fileName, code }) => [fileName, code])),
  };
}

/** Bytes on the way to the browser: each file compressed by brotli. */
export const brotli = (files: string[]) =>
  files.reduce((sum, code) => sum + brotliCompressSync(code).length, 0);
