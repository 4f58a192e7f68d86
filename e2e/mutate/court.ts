/** Builds the specs around a changed source file and has a process of its own run them. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { Question, Verdict } from './judge.ts';

/** If no test ends for this many milliseconds, the process is in a loop. */
const maxSilence = 90_000;

/** The specs of the relay run in Node, and those of the page in Chromium, on the edition that a script tag loads. */
export type Suite = { specs: string[]; pages: boolean };

let courts = 0;

export function openCourt({ specs, pages }: Suite) {
  const folder = resolve('node_modules/.cache/mutate', `${process.pid}-${courts++}`);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  let child: ChildProcess | undefined;
  let count = 0;

  // The specs load one after another, and each test is kept with the name of its spec.
  const entry = [
    "export * from './mutate/collect.ts';",
    "import { open } from './mutate/collect.ts';",
    ...specs.map((spec) => `open('${spec}'); await import('./${spec}');`),
  ].join('\n');

  const forNode = (text: string, outfile: string, change?: Change) =>
    build({
      stdin: { contents: text, resolveDir: resolve('e2e'), loader: 'ts' },
      outfile,
      platform: 'node',
      plugins: [changed(change), installed],
      ...usual,
    });

  async function start(): Promise<ChildProcess> {
    const outfile = join(folder, 'judge.mjs');
    await forNode("import './mutate/judge.ts'", outfile);
    // A page spec's world reads the page's script from dist in this folder.
    return fork(outfile, { ...(pages && { cwd: folder }), stdio: 'ignore' });
  }

  /** Runs the tests in this order, with this text in place of what the file says. */
  async function judge(change?: Change, order?: number[]): Promise<Verdict> {
    const outfile = join(folder, `specs-${count++}.mjs`);
    try {
      if (pages) {
        const page = join(folder, 'dist/verify-passkeys.min.js');
        await build({
          entryPoints: ['src/index.ts'],
          outfile: page,
          plugins: [changed(change)],
          // A test sets it in the page, so esbuild leaves it as it is.
          define: { 'process.env.NODE_ENV': 'process.env.NODE_ENV' },
          ...usual,
        });
      }
      await forNode(entry, outfile, change);
    } catch (error) {
      return { failed: { index: -1, title: 'the code compiles', error: String(error) }, tests: [] };
    }
    child ??= await start();
    const verdict = await ask(child, { bundle: pathToFileURL(outfile).href, order, pages });
    rmSync(outfile, { force: true });
    if (verdict) return verdict;
    child.kill('SIGKILL');
    child = undefined;
    return { failed: { index: -1, title: 'the tests end', error: 'no answer' }, tests: [] };
  }

  function close(): void {
    if (child?.connected) child.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }

  return { judge, close };
}

/** The verdict, or undefined if the process ends or no test ends for too long. */
function ask(child: ChildProcess, question: Question): Promise<Verdict | undefined> {
  return new Promise((settle) => {
    const end = (verdict?: Verdict) => {
      clearTimeout(silence);
      child.off('message', hear).off('exit', leave);
      settle(verdict);
    };
    const leave = () => end();
    const silence = setTimeout(end, maxSilence);
    const hear = (said: Verdict | 'a test has ended') => {
      if (said === 'a test has ended') silence.refresh();
      else end(said);
    };
    child.on('message', hear).on('exit', leave);
    child.send(question);
  });
}

const usual = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'silent',
  // package.json says that no file has side effects, but a spec has.
  ignoreAnnotations: true,
} satisfies BuildOptions;

/** A source file and what it says instead. */
type Change = { path: string; text: string };

const changed = (change?: Change): Plugin => ({
  name: 'changed',
  setup(built) {
    built.onLoad({ filter: /\.ts$/ }, ({ path }) =>
      change && path === resolve(change.path) ? { contents: change.text, loader: 'ts' } : undefined,
    );
  },
});

/** Packages are installed and not bundled, except this one. Playwright's test is replaced, and its expect is not. */
const installed: Plugin = {
  name: 'installed',
  setup(built) {
    built.onResolve({ filter: /^[a-z@]/ }, ({ path, importer }) => {
      if (path.startsWith('verify-passkeys')) return undefined;
      const isCollected = path === '@playwright/test' && !importer.includes('/mutate/');
      return isCollected ? { path: resolve('e2e/mutate/collect.ts') } : { path, external: true };
    });
    built.onLoad({ filter: /e2e\/built\.ts$/ }, () => ({ contents: 'export default () => {};' }));
  },
};
