/** What README shows compiles, and what it names is there. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { blocksOf, fileOf } from '../readme.ts';
import { installPackage } from './install-package.ts';
import { run } from './tool.ts';

const readme = readFileSync('README.md', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

test('every program that README shows, of components the script, compiles against the package as published', () => {
  const { folder } = installPackage();
  const files = blocksOf('ts', 'tsx', 'vue', 'svelte').map((block, i) => {
    const { language, code } = block;
    const script = /<script.*?>\n(.*?)<\/script>/s.exec(code)?.[1];
    const name = fileOf(block) ?? `block${i}.${language === 'tsx' ? 'tsx' : 'ts'}`;
    // The compilers of Vue and Svelte put these into scope.
    const scope =
      'declare const defineEmits: <T>() => (name: string) => void; declare const $props: () => never;\n';
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), script ? `${scope}export {};\n${script}` : code);
    return name;
  });
  expect(files.length).toBeGreaterThan(6);
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

test("the test of a sign-in page that README shows is one of this suite's", () => {
  const shown = blocksOf('ts').find(({ code }) => code.includes('withAuthenticator(base)'))!.code;
  const body = shown.slice(shown.indexOf("\ntest('"));
  expect(body).toContain('authenticator.refuse()');
  expect(readFileSync('e2e/package/readme-testing.chromium.page.spec.ts', 'utf8')).toContain(body);
});

test('every command of npm that README names is a script', () => {
  const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  expect(named).toContain('demo');
});

test('every internal link of README leads somewhere', () => {
  const anchors = [...readme.matchAll(/^#+ (.+)$/gm)].map(
    ([, title]) =>
      `#${title!
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-')}`,
  );
  const links = [...readme.matchAll(/(?:\]\(|src(?:set)?=")([^)"\s]+)[)"]/g)].map(([, target]) => target!);
  expect(links).toContain('.github/demo-dark.png');
  const broken = links.filter((link) => link.startsWith('#') && !anchors.includes(link));
  const missing = links.filter((link) => !/^(#|https:)/.test(link)).filter((path) => !readable(path));
  expect([...broken, ...missing]).toEqual([]);
});

function readable(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}
