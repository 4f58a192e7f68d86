/** What README and the guides show compiles, and what they name is there. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { blocksOf, filesOf, documents as forUsers } from '../readme.ts';
import { installPackage } from './install-package.ts';
import { run } from './tool.ts';

const documents = [...forUsers, '.github/CONTRIBUTING.md', '.github/SECURITY.md'];
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

test('every program that README and the guides show compiles against the package as published', () => {
  const { folder } = installPackage();
  const files = documents.flatMap((document) =>
    filesOf(document, 'ts', 'tsx', 'vue', 'svelte').map(({ name, block: { code } }) => {
      const file = join(document.replaceAll('/', '-'), name);
      const script = /<script.*?>\n(.*?)<\/script>/s.exec(code)?.[1];
      // The compilers of Vue and Svelte put these into scope.
      const scope =
        'declare const defineEmits: <T>() => (name: string) => void; declare const $props: () => never;\n';
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), script ? `${scope}export {};\n${script}` : code);
      return file;
    }),
  );
  expect(files.length).toBeGreaterThan(10);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    jsx: 'react-jsx',
    types: ['node'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  expect(run('tsc', ['-p', folder])).toBe('');
  rmSync(folder, { recursive: true });
});

test("the test of a sign-in page that the testing guide shows is one of this suite's", () => {
  const shown = blocksOf('ts').find(({ code }) => code.includes('withAuthenticator(base)'))!.code;
  const body = shown.slice(shown.indexOf("\ntest('"));
  expect(body).toContain('authenticator.refuse()');
  expect(readFileSync('e2e/package/readme-testing.chromium.page.spec.ts', 'utf8')).toContain(body);
});

test('every npm command that a document names is a script', () => {
  const named = documents.flatMap((document) =>
    [...readFileSync(document, 'utf8').matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!),
  );
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  expect(named).toContain('demo');
  expect(named).toContain('size');
});

test('every internal link of README, the guides and CONTRIBUTING leads somewhere', () => {
  const broken = documents.flatMap((document) =>
    linksOf(document)
      .filter((link) => !/^(https?|mailto):/.test(link))
      .filter((link) => {
        const [path, anchor] = link.split('#');
        const target = path ? join(dirname(document), path) : document;
        return !existsSync(target) || (anchor && !anchorsOf(target).includes(anchor));
      })
      .map((link) => `${document}: ${link}`),
  );
  expect(broken).toEqual([]);
  expect(linksOf('README.md')).toContain('.github/demo-dark.png');
});

test('README stays short enough to be read in a hurry', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(300);
});

function linksOf(document: string): string[] {
  const text = readFileSync(document, 'utf8').replace(/^( *)```.*?^\1```$/gms, '');
  return [...text.matchAll(/(?:\]\(|(?:href|src(?:set)?)=")([^)"\s]+)[)"]/g)].map(([, target]) => target!);
}

/** The anchors that GitHub makes of a document's headings. */
function anchorsOf(document: string): string[] {
  return [...readFileSync(document, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}
