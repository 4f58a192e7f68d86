/** Stops a run whose builds are older than their sources, since its tests would test old code. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

type Build = {
  /** The files that the build writes, each by a separate command. */
  written: string[];
  sources: string[];
};

const dist: Build = {
  written: ['dist/relay/index.js', 'dist/index.js', 'dist/index.d.ts', 'dist/verify-passkeys.min.js'],
  sources: ['src'],
};

const demo: Build = {
  written: [
    'node_modules/.cache/demo/server.js',
    'node_modules/.cache/demo/page/index.html',
    'dist-demo/index.html',
    'dist-demo/sw.js',
  ],
  sources: ['src', 'demo'],
};

/** Runs before all tests. */
export default function demandPackage(): void {
  demandBuild(dist, 'The build of the package (dist)');
}

/** For specs that start the demo. Called as they load, so that its error stops the run before the first test. */
export function demandDemo(): void {
  demandBuild(demo, 'The build of the demo');
}

function demandBuild({ written, sources }: Build, what: string): void {
  const built = Math.min(...written.map(readTime));
  const changed = ['vite.config.ts', ...sources.flatMap(listFiles)].find((path) => readTime(path) > built);
  if (!changed) return;
  const state = built === 0 ? 'is missing' : `is older than ${changed}`;
  const error = new Error(
    `${what} ${state}: run "npm run test:one -- NAME", which builds first, or "npm test" for all.`,
  );
  // A stack trace would hide the message.
  throw Object.assign(error, { stack: undefined });
}

/** When the file was last changed, in milliseconds, or 0 where there is no such file. */
function readTime(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
