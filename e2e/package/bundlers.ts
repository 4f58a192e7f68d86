/** Builds a page or a server with each bundler, minified, with the settings of its documentation, to see what users load. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import { type Rolldown, build as vite } from 'vite';
import webpack from 'webpack';

/** A file that a bundler wrote: its code, and the names of the files that it imports before it runs. */
export type Chunk = { code: string; imports: string[]; isEntry: boolean };

export type Bundler = (entry: string, out: string, isServer: boolean) => Promise<Map<string, Chunk>>;

export const bundlers: Record<string, Bundler> = {
  async Vite(entry, out, ssr) {
    const { output } = (await vite({
      configFile: false,
      root: out,
      logLevel: 'silent',
      // A server build preloads nothing.
      ssr: { noExternal: true },
      build: { write: false, ssr, minify: true, rolldownOptions: { input: entry } },
    })) as Rolldown.RolldownOutput;
    return chunksOf(output);
  },
  async Rollup(entry) {
    const bundle = await rollup({ input: entry, plugins: [nodeResolve({ browser: true })] });
    const { output } = await bundle.generate({ format: 'es', plugins: [terser({ module: true })] });
    await bundle.close();
    return chunksOf(output);
  },
  webpack: packWith(webpack),
  async esbuild(entry, out) {
    const { outputFiles, metafile } = await esbuild.build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      splitting: true,
      format: 'esm',
      outdir: out,
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const codeOf = new Map(outputFiles.map(({ path, text }) => [path, text]));
    const nameOf = (path: string) => relative(out, resolve(path));
    return new Map(
      Object.entries(metafile.outputs).map(([path, { imports, entryPoint }]) => [
        nameOf(path),
        {
          code: codeOf.get(resolve(path))!,
          imports: imports
            .filter(({ kind }) => kind === 'import-statement')
            .map((imported) => nameOf(imported.path)),
          isEntry: entryPoint !== undefined && resolve(entryPoint) === entry,
        },
      ]),
    );
  },
};

/** Rspack has the same interface as webpack. */
export function packWith(pack: typeof webpack): Bundler {
  return async (entry, out) => {
    const compiler = pack({
      mode: 'production',
      entry,
      devtool: false,
      experiments: { outputModule: true },
      output: { path: out, module: true, chunkFormat: 'module', library: { type: 'module' } },
    })!;
    const stats = await new Promise<webpack.Stats>((settle, reject) => {
      compiler.run((error, result) => (error || !result ? reject(error) : settle(result)));
    });
    await new Promise((close) => compiler.close(close));
    if (stats.hasErrors()) throw new Error(stats.toString('errors-only'));
    const first = new Set([...stats.compilation.entrypoints.values()].flatMap((point) => point.getFiles()));
    return readChunks(out, (name) => first.has(name));
  };
}

/** The files that a bundler wrote into a folder. Each of them has all that it needs at first, or loads late. */
export function readChunks(out: string, isFirst: (name: string) => boolean): Map<string, Chunk> {
  const names = readdirSync(out).filter((name) => /\.m?js$/.test(name) && name !== 'entry.js');
  return new Map(
    names.map((name) => [
      name,
      { code: readFileSync(join(out, name), 'utf8'), imports: [], isEntry: isFirst(name) },
    ]),
  );
}

export function chunksOf(
  output: (Rolldown.OutputChunk | Rolldown.OutputAsset | object)[],
): Map<string, Chunk> {
  const chunks = output.filter((file): file is Rolldown.OutputChunk => 'code' in file);
  return new Map(
    chunks.map(({ fileName, code, imports, isEntry }) => [fileName, { code, imports, isEntry }]),
  );
}

/** What a bundle loads at first, what it loads later, and all its files by name; `entry` is the first file's name. */
type Loads = { first: string[]; later: string[]; entry: string; files: Map<string, string> };

/** Builds the code of a page or a server with all its imports. */
export async function buildWith(bundler: Bundler, code: string, isServer: boolean): Promise<Loads> {
  // The folder is in the project, so that the bundlers find its node_modules.
  const cache = resolve('node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const out = mkdtempSync(join(cache, 'bundle-'));
  try {
    const entry = join(out, 'entry.js');
    writeFileSync(entry, code);
    const chunks = await bundler(entry, out, isServer);
    const first = new Set<string>();
    const add = (name: string) => {
      const chunk = chunks.get(name);
      if (!chunk || first.has(name)) return;
      first.add(name);
      chunk.imports.forEach(add);
    };
    for (const [name, { isEntry }] of chunks) if (isEntry) add(name);
    const codesOf = (wanted: boolean) =>
      [...chunks].filter(([name]) => first.has(name) === wanted).map(([, { code: text }]) => text);
    return {
      first: codesOf(true),
      later: codesOf(false),
      entry: [...chunks].find(([, { isEntry }]) => isEntry)![0],
      files: new Map([...chunks].map(([name, { code: text }]) => [name, text])),
    };
  } finally {
    rmSync(out, { recursive: true });
  }
}
