/** The bundlers that only `npm run size` installs, since they take 180 MB. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import type { Rolldown } from 'vite';
import type webpack from 'webpack';
import { type Bundler, chunksOf, packWith, readChunks } from './bundlers.ts';

/** Where `npm run size` has installed them. */
const folder = process.env.BUNDLERS;

/** Loads a package of that folder, which the compiler does not see. */
const load = <T>(name: string): T => createRequire(join(folder!, 'package.json'))(name) as T;

type Parcel = new (options: object) => { run(): Promise<unknown> };

const whenInstalled: Record<string, Bundler> = {
  async Parcel(entry, out) {
    const { Parcel } = load<{ Parcel: Parcel }>('@parcel/core');
    const page = join(out, 'index.html');
    writeFileSync(page, `<!doctype html><script type="module" src="${basename(entry)}"></script>`);
    // Parcel would take the entry for a part of this repository, whose code has no side effects.
    writeFileSync(join(out, 'package.json'), '{}');
    // An absolute path begins at the root of the repository for Parcel.
    writeFileSync(entry, readFileSync(entry, 'utf8').replaceAll(resolve(), ''));
    const distDir = join(out, 'dist');
    await new Parcel({
      entries: page,
      defaultConfig: createRequire(join(folder!, 'package.json')).resolve('@parcel/config-default'),
      mode: 'production',
      shouldDisableCache: true,
      cacheDir: join(out, 'cache'),
      // For older browsers it would write everything a second time, as a script that is no module.
      targets: {
        page: { distDir, sourceMap: false, context: 'browser', engines: { browsers: ['chrome 120'] } },
      },
      // As its command sets them.
      defaultTargetOptions: { shouldOptimize: true, shouldScopeHoist: true },
    }).run();
    const html = readFileSync(join(distDir, 'index.html'), 'utf8');
    // It names the other files too, in an import map.
    return readChunks(distDir, (name) => html.includes(`src=/${name}>`));
  },
  async Rolldown(entry) {
    const { rolldown } = load<typeof Rolldown>('rolldown');
    const bundle = await rolldown({ input: entry, platform: 'browser' });
    const { output } = await bundle.generate({ format: 'es', minify: true });
    await bundle.close();
    return chunksOf(output);
  },
  Rspack: (...given) => packWith(load<{ rspack: typeof webpack }>('@rspack/core').rspack)(...given),
};

export const rareBundlers = folder ? whenInstalled : undefined;
