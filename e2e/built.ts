/** Stops a run whose builds are older than their sources, since its tests would test old code. */
import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

type Build = {
  /** The files that the build writes, each by a separate command. */
  written: string[];
  /** The files and folders that it reads. */
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
  // The site has a page for each of these documents.
  sources: ['src', 'demo', 'README.md', '.github/CONTRIBUTING.md', '.github/SECURITY.md'],
};

/** Runs before all tests. */
export default function demandPackage(): void {
  demandBuild(dist, 'The build of the package (dist)');
}

/** For specs that start the demo. Called as they load, so that its error stops the run before the first test. */
export function demandDemo(): void {
  demandBuild(demo, 'The build of the demo');
}

/** What every build reads besides them: the version in openapi.json comes from package.json. */
const settings = ['vite.config.ts', 'package.json', 'tsconfig.json'];

function demandBuild({ written, sources }: Build, what: string): void {
  if (!existsSync('src')) throw withoutStack('Run the tests from the folder of package.json.');
  const built = Math.min(...written.map(readTime));
  const changed = [...settings, ...sources.flatMap(listTree)].find((path) => readTime(path) > built);
  if (!changed) return;
  const state = built === 0 ? 'is missing' : `is older than ${changed}`;
  throw withoutStack(
    `${what} ${state}: run "npm run test:one -- NAME", which builds first, or "npm test" for all.`,
  );
}

/** An error without a stack trace, which would hide the message. */
const withoutStack = (message: string) => Object.assign(new Error(message), { stack: undefined });

/** When the file was last changed, in milliseconds, or 0 if there is no such file. */
function readTime(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Every file, and then every folder: the time of a folder tells that a file in it was removed or renamed. */
function listTree(root: string): string[] {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return [root];
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const pathsOf = (isWanted: (entry: Dirent) => boolean) =>
    entries.filter(isWanted).map(({ parentPath, name }) => join(parentPath, name));
  return [...pathsOf((entry) => entry.isFile()), root, ...pathsOf((entry) => entry.isDirectory())];
}
