/** Builds the package, its single-file edition, and the demo; `--mode` says which. */
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { site } from './demo/site/site.ts';
import packed from './package.json' with { type: 'json' };
import { openapi } from './src/openapi.ts';

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
    // The guides have no script, so their stylesheet is an entry of its own.
    rolldownOptions: { ...whole, input: ['demo/index.html', 'demo/style/guide.css'] },
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
          'src/cli/probe/software-authenticator.ts',
        ],
        formats: ['es'],
      },
      rolldownOptions: { external: /^[^./]/, output: { preserveModules: true, preserveModulesRoot: 'src' } },
    },
  },
  /**
   * The page's door. Everything that loads at first is in one file. An app's Vite or esbuild would make many chunks out
   * of many files, since the parts that load later share some of these files, and small chunks compress badly.
   */
  client: {
    build: {
      target: 'es2022',
      minify: false,
      emptyOutDir: false,
      lib: {
        // These modules load late, and the check imports them too. They keep their own exports only as entries.
        entry: {
          index: 'src/index.ts',
          'client/alone': 'src/client/alone.ts',
          'client/check': 'src/contract/check/check.ts',
          'client/explain': 'src/contract/check/explain.ts',
          'client/attestation': 'src/contract/check/attestation.ts',
        },
        formats: ['es'],
      },
      rolldownOptions: {
        external: /^[^./]/,
        output: {
          chunkFileNames: 'client/[name].js',
          codeSplitting: {
            groups: [
              { name: 'passkeys', test: /src\/client\/passkeys\.ts$/, priority: 1 },
              // Kept apart from what index.ts imports: otherwise esbuild would load it at first, too.
              { name: 'options', test: /src\/client\/options\.ts$/ },
            ],
          },
        },
      },
    },
  },
  /** One minified file for `<script type="module">`, dependencies and explanations included. */
  standalone: {
    build: {
      target: 'es2022',
      emptyOutDir: false,
      lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'verify-passkeys.min.js' },
      rolldownOptions: { output: { codeSplitting: false, minify: true } },
    },
  },
  /** The demo's page, for the server that `npm run demo` starts. */
  demo: { ...page, plugins: [site(false)], build: { ...page.build, outDir: `../${cache}/page` } },
  server: {
    build: {
      ssr: 'demo/server/server.ts',
      outDir: cache,
      emptyOutDir: false,
      target: 'node22',
      rolldownOptions: whole,
    },
    resolve: { tsconfigPaths: true },
  },
  /** The demo as files for any static host: the same page, and a worker that plays the server. */
  static: {
    ...page,
    plugins: [site(true)],
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
