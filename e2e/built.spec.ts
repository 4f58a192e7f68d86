/** Tests never run against a build that is older than its sources. */
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import demandPackage, { demandDemo } from './built.ts';

const built = {
  package: ['dist/relay/index.js', 'dist/index.js', 'dist/index.d.ts', 'dist/verify-passkeys.min.js'],
  demo: [
    'node_modules/.cache/demo/server.js',
    'node_modules/.cache/demo/page/index.html',
    'dist-demo/index.html',
    'dist-demo/sw.js',
  ],
};
const settings = ['vite.config.ts', 'package.json', 'tsconfig.json'];
const sources = [
  'src/client/prompt.ts',
  'src/client/turn.ts',
  'demo/page/main.ts',
  'demo/page/words.ts',
  'README.md',
];
const folders = ['src', 'src/client', 'demo', 'demo/page'];
const root = process.cwd();

function write(path: string, seconds: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, seconds, seconds);
}

test.beforeEach(({ browserName: _ }, info) => {
  const folder = info.outputPath('project');
  for (const path of [...settings, ...sources]) write(join(folder, path), 1_000);
  for (const path of folders) utimesSync(join(folder, path), 1_000, 1_000);
  for (const path of [...built.package, ...built.demo]) write(join(folder, path), 2_000);
  process.chdir(folder);
});
test.afterEach(() => {
  const folder = process.cwd();
  process.chdir(root);
  rmSync(folder, { recursive: true });
});

test('a run starts if both builds are newer than their sources', () => {
  demandPackage();
  demandDemo();
});

for (const path of ['src/client/prompt.ts', ...settings]) {
  test(`a run stops with one sentence if ${path} is newer than a file of the package's build`, () => {
    for (const file of built.package) {
      write(file, 1_500);
      write(path, 1_600);
      expect(demandPackage).toThrow(
        `The build of the package (dist) is older than ${path}: run "npm run test:one -- NAME", which builds first`,
      );
      write(file, 2_000);
    }
  });
}

test('a spec of the demo stops the run if the demo or the package changed after the demo was built', () => {
  for (const file of built.demo) {
    for (const path of ['demo/page/main.ts', 'src/client/prompt.ts', 'README.md']) {
      write(file, 1_500);
      write(path, 1_600);
      expect(demandDemo).toThrow(`The build of the demo is older than ${path}`);
      write(file, 2_000);
      write(path, 1_000);
    }
  }
});

test('a run stops if a file of src or of the demo was removed, renamed or added since the build', () => {
  rmSync('src/client/turn.ts');
  expect(demandPackage).toThrow('The build of the package (dist) is older than src/client:');
  expect(demandDemo).toThrow('The build of the demo is older than src/client:');
  utimesSync('src/client', 1_000, 1_000);
  renameSync('demo/page/words.ts', 'demo/page/sentences.ts');
  expect(demandPackage).not.toThrow();
  expect(demandDemo).toThrow('The build of the demo is older than demo/page:');
  // A file that was copied with its old time is noticed by its folder too.
  write('src/client/abort.ts', 1_000);
  expect(demandPackage).toThrow('The build of the package (dist) is older than src/client:');
});

test('a run stops if nothing has been built', () => {
  rmSync('dist', { recursive: true });
  rmSync('dist-demo', { recursive: true });
  expect(demandPackage).toThrow('The build of the package (dist) is missing');
  expect(demandDemo).toThrow('The build of the demo is missing');
});

test('a run from another folder stops with one sentence', () => {
  process.chdir('src');
  expect(demandPackage).toThrow('Run the tests from the folder of package.json.');
  process.chdir('..');
});
