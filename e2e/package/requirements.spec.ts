/** The Security guide's tables of published requirements name tests and sections that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';

const guide = 'demo/guides/security.md';
const [, tables = ''] = readFileSync(guide, 'utf8').split('\n## The published requirements\n');
const rows = [...tables.matchAll(/^\| ([^|]+) \| ([^|]+) \|$/gm)].filter(
  ([, , whose]) => !/^whose$|^-+$/.test(whose!),
);

/** Whether a file has a test with this title, in which … stands for what the file fills in. */
function hasTest(file: string, title: string): boolean {
  const escaped = title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '\\$\\{[^`]+?\\}');
  return existsSync(file) && new RegExp(`\\btest\\((['"\`])${escaped}\\1`).test(readFileSync(file, 'utf8'));
}

/** Whether a guide has a heading with this anchor, as GitHub and the site make them. */
function hasSection(link: string): boolean {
  const [name = '', anchor] = link.split('#');
  const file = name ? join('demo/guides', name) : guide;
  if (!existsSync(file)) return false;
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  const anchorOf = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-');
  return anchor === undefined || headings.some((heading) => anchorOf(heading) === anchor);
}

test("every published requirement in the Security guide is ours with a test, Verify's, or the app's with a section", () => {
  const wrong = rows.filter(([, , whose = '']) => {
    const ours = /^Ours: `([^`]+)`: \*(.+)\*$/.exec(whose);
    const apps = /^The app: \[[^\]]+\]\(([^)]+)\)$/.exec(whose);
    return whose !== 'Verify' && !(ours && hasTest(ours[1]!, ours[2]!)) && !(apps && hasSection(apps[1]!));
  });
  expect(wrong.map(([row]) => row)).toEqual([]);
  // Every step of the two algorithms has a row of its own.
  const steps = rows.flatMap(([, what = '']) => /^\d+(?= )/.exec(what)?.map(Number) ?? []);
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  expect(steps).toEqual([...upTo(29), ...upTo(25)]);
});
