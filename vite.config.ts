/** Builds the package, its single-file edition, and the demo; `--mode` says which. */
import { parse, resolve } from 'node:path';
import { build, defineConfig, type Plugin, type UserConfig } from 'vite';
import { site } from './demo/site/site.ts';
import packed from './package.json' with { type: 'json' };
import { openapi } from './src/openapi/index.ts';

const cache = 'node_modules/.cache/demo';

/** Writes the routes that the page calls as OpenAPI, from the schemas that check them. */
const writeOpenapi: Plugin = {
  name: 'openapi',
  generateBundle() {
    const source = `${JSON.stringify(openapi(packed.version), null, 2)}\n`;
    this.emitFile({ type: 'asset', fileName: 'openapi.json', source });
  },
};

/**
 * Writes each part of the page's door as one file: what index.ts exports, and what loads late. Beside the part itself it
 * holds copies of all that it uses, its packages included, and shares with the others only `shared`. So a late part is
 * one request, and an import of the bare ceremonies takes nothing of createPasskeys. If two late parts shared a module,
 * esbuild and Rollup would put it in a file of its own, and a page would ask for that file only after the part had come.
 * A module that is copied must not keep state.
 * Without it createPasskeys takes 15,000 bytes more at first in Vite and esbuild. This figure and those below are what
 * `npm run size` printed when one thing was taken away.
 */
const parts: Plugin = {
  name: 'parts',
  enforce: 'pre',
  async buildStart() {
    shared = new Set([...(await listModules('turn')), ...(await listModules('load'))]);
  },
  async resolveId(source, importer, { kind }) {
    if (!importer) return undefined;
    const isPart = kind === 'dynamic-import' || doors.includes(importer);
    const part = isPart ? parse(source).name : partOf(importer);
    const resolved = await this.resolve(source, importer, { skipSelf: true });
    const isCopied = part && resolved && !resolved.external && !shared.has(resolved.id);
    return isCopied ? `${resolved.id}?part=${part}` : resolved;
  },
};

/** The page's doors. */
const doors = ['src/index.ts', 'src/credential.ts'].map((path) => resolve(path));

const partOf = (id: string) => id.split('?part=')[1];

/** What every ceremony needs at first. */
let shared: Set<string>;

/** A module of the client, and what it loads at first. */
async function listModules(name: string): Promise<Set<string>> {
  const listed = new Set<string>();
  const list: Plugin = {
    name: 'list',
    enforce: 'pre',
    resolveId: (id, _, { kind }) => (kind === 'dynamic-import' ? { id, external: true } : undefined),
    moduleParsed: ({ id }) => void listed.add(id),
  };
  const entry = `src/client/${name}.ts`;
  await build({ configFile: false, logLevel: 'warn', plugins: [list], build: { write: false, ssr: entry } });
  return listed;
}

/**
 * The SDK imports the explanations late, but the lab and the relay import them at first. Vite would warn about that.
 */
const whole = { checks: { ineffectiveDynamicImport: false } };

/** The demo's page. Browsers that have passkeys do not need the preload polyfill. */
const page: UserConfig = {
  root: 'demo',
  base: './',
  build: {
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The guides are written by a plugin, so their stylesheet and their script are entries of their own.
    rolldownOptions: {
      ...whole,
      input: ['demo/index.html', 'demo/style/guide.css', 'demo/reader/reader.ts'],
    },
  },
  resolve: { tsconfigPaths: true },
};

const builds: Record<string, UserConfig> = {
  /** The server's doors and the command: one file for each module. Dependencies are installed, not bundled. */
  production: {
    plugins: [writeOpenapi],
    build: {
      target: 'es2022',
      minify: false,
      lib: {
        entry: [
          'src/relay/index.ts',
          'src/emulator/index.ts',
          'src/playwright/index.ts',
          'src/messages/index.ts',
          'src/cli/index.ts',
          // Only the tests read transcripts.
          'src/cli/probe/transcript.ts',
        ],
        formats: ['es'],
      },
      rolldownOptions: { external: /^[^./]/, output: { preserveModules: true, preserveModulesRoot: 'src' } },
    },
  },
  /** The page's door, and the licences of what is copied into its parts. */
  client: {
    plugins: [parts],
    build: {
      target: 'es2022',
      minify: false,
      emptyOutDir: false,
      license: { fileName: 'client/LICENSES.md' },
      lib: { entry: { index: 'src/index.ts', credential: 'src/credential.ts' }, formats: ['es'] },
      rolldownOptions: {
        // An app that uses ky itself has it once.
        external: ['ky'],
        // Its package does not say so. Of all its modules only two functions are copied: 145 bytes less in Vite.
        treeshake: { moduleSideEffects: [{ test: /@simplewebauthn/, sideEffects: false }] },
        output: {
          chunkFileNames: 'client/[name].js',
          codeSplitting: {
            groups: [
              // Without it Vite and esbuild would write eight late files for the bare ceremonies, and Vite 190 bytes more.
              { name: 'turn', test: /src\/client\/(turn|load)\.ts$/, priority: 1 },
              // Without it esbuild would load 2,300 bytes of the check with createPasskeys.
              { name: 'check', test: /\?part=check$/ },
            ],
          },
        },
      },
    },
  },
  /** One minified file for `<script type="module">`, dependencies and explanations included, and their licences. */
  standalone: {
    build: {
      target: 'es2022',
      emptyOutDir: false,
      license: { fileName: 'verify-passkeys.min.LICENSES.md' },
      lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'verify-passkeys.min.js' },
      rolldownOptions: {
        output: {
          codeSplitting: false,
          minify: true,
          postBanner: '/*! verify-passkeys, MIT. What it contains: verify-passkeys.min.LICENSES.md */',
        },
      },
    },
  },
  /** The demo's page, for the server that `npm run demo` starts. */
  demo: {
    ...page,
    plugins: [site(false), writeOpenapi],
    build: { ...page.build, outDir: `../${cache}/page` },
  },
  server: {
    build: {
      ssr: 'demo/server/server.ts',
      outDir: cache,
      emptyOutDir: false,
      target: 'node22',
      rolldownOptions: whole,
    },
    // Node would take half a second to find the hundreds of modules of the emulator's packages.
    ssr: { noExternal: true },
    resolve: { tsconfigPaths: true },
  },
  /** The demo as files for any static host: the same page, and a worker that plays the server. */
  static: {
    ...page,
    plugins: [site(true), writeOpenapi],
    build: { ...page.build, outDir: '../dist-demo', manifest: 'files.json' },
  },
  worker: {
    build: {
      target: 'es2022',
      outDir: 'dist-demo',
      emptyOutDir: false,
      lib: { entry: 'demo/worker/sw.ts', formats: ['iife'], name: 'sw', fileName: () => 'sw.js' },
    },
    resolve: { tsconfigPaths: true },
  },
};

export default defineConfig(({ mode }) => ({ ...builds[mode], publicDir: false, logLevel: 'warn' }));
