/** The site's pages, their Markdown and llms.txt lead nowhere that is not there. */
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

/** GitHub's rule, as the pages follow it too. */
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
      // The API reference is built apart: docs.spec.ts looks for the page that is linked.
      if (target === 'api/index.html') return false;
      return !existsSync(join(root, target)) || (anchor && !anchors(target).includes(anchor));
    })
    .map((link) => `${file}: ${link}`);
}

test('every link of every page leads to a page, a heading or a picture that is there', () => {
  const pages = files.filter((file) => file.endsWith('.html'));
  expect(pages).toContain('guides/index.html');
  expect(pages.length).toBeGreaterThan(10);
  const broken = pages.flatMap((page) => {
    const links = [...read(page).matchAll(/(?:href|src|srcset)="([^"]+)"/g)].map(([, link]) => link!);
    // The page itself is what a link without a path names.
    return brokenOf(page, links, idsOf);
  });
  expect(broken).toEqual([]);
});

test('every page has its Markdown beside it, whose links lead to Markdown', () => {
  for (const page of files.filter((file) => file.startsWith('guides/') && file.endsWith('.html'))) {
    expect(files).toContain(page.replace(/html$/, 'md'));
  }
  const broken = files
    .filter((file) => file.endsWith('.md') || file === 'llms.txt')
    .flatMap((file) => {
      const text = read(file).replace(/^```.*?^```$/gms, '');
      const links = [...text.matchAll(/(?:\]\(|(?:src|srcset|href)=")([^)"\s]+)/g)].map(([, link]) => link!);
      return brokenOf(file, links, (target) => (target.endsWith('.md') ? anchorsOf(target) : idsOf(target)));
    });
  expect(broken).toEqual([]);
});

test('llms.txt names every guide with what it tells', () => {
  const list = read('llms.txt');
  for (const guide of readdirSync('demo/guides'))
    expect(list).toMatch(new RegExp(`\\(guides/${guide}\\): .{20,}`));
});
