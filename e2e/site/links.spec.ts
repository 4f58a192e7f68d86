/** Every link in the site's pages, in their Markdown and in llms.txt works. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { demandDemo } from '../built.ts';

demandDemo();

const root = 'dist-demo';
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => !file.startsWith('api'),
);
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const idsOf = (file: string) => [...read(file).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);

/** The anchors of the headings. GitHub and the site's pages make them by the same rule. */
const anchorsOf = (file: string) =>
  [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );

function brokenOf(file: string, links: string[], anchors: (file: string) => string[]): string[] {
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path, anchor] = link.split('#');
      const target = path ? join(dirname(file), path) : file;
      // The API reference is built separately: docs.chromium.page.spec.ts checks that this page is there.
      if (target === 'api/index.html') return false;
      return !existsSync(join(root, target)) || (anchor && !anchors(target).includes(anchor));
    })
    .map((link) => `${file}: ${link}`);
}

test('every link of every page leads to a page, a heading or a picture that exists', () => {
  const pages = files.filter((file) => file.endsWith('.html'));
  expect(pages).toContain('guides/index.html');
  expect(pages.length).toBeGreaterThan(10);
  const broken = pages.flatMap((page) => {
    const links = [...read(page).matchAll(/(?:href|src|srcset)="([^"]+)"/g)].map(([, link]) => link!);
    return brokenOf(page, links, idsOf);
  });
  expect(broken).toEqual([]);
});

test('every page has its Markdown beside it, with links that lead to Markdown', () => {
  for (const page of files.filter((file) => file.startsWith('guides/') && file.endsWith('.html'))) {
    expect(files).toContain(page.replace(/html$/, 'md'));
  }
  const broken = files
    .filter((file) => /\.md$|llms.*\.txt$/.test(file))
    .flatMap((file) => {
      const text = read(file).replace(/^```.*?^```$/gms, '');
      const links = [...text.matchAll(/(?:\]\(|(?:src|srcset|href)=")([^)"\s]+)/g)].map(([, link]) => link!);
      return brokenOf(file, links, (target) =>
        /\.(?:md|txt)$/.test(target) ? anchorsOf(target) : idsOf(target),
      );
    });
  expect(broken).toEqual([]);
});

test('llms.txt lists every guide with a whole sentence, the API, openapi.json and one text that holds all', () => {
  const list = read('llms.txt');
  for (const guide of readdirSync('demo/guides'))
    expect(list).toMatch(new RegExp(`\\(guides/${guide}\\): .{20,}\\.$`, 'm'));
  for (const other of ['api/index.html', 'openapi.json', 'guides/llms-full.txt'])
    expect(list).toContain(`](${other}): `);
  expect(JSON.parse(read('openapi.json'))).toEqual(JSON.parse(readFileSync('dist/openapi.json', 'utf8')));
  const whole = read('guides/llms-full.txt');
  for (const page of files.filter((file) => /^guides\/.+\.md$/.test(file)))
    expect(whole).toContain(read(page));
});

test('the licence is a text that browsers show, and the pages link to it under that name', () => {
  expect(read('guides/LICENSE.txt')).toBe(readFileSync('LICENSE', 'utf8'));
  expect(read('guides/index.html')).toContain('href="LICENSE.txt"');
});
