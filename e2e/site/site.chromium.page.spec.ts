/** The site: the demo, the guides and the links between them, on any static host. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { findBroken } from '../axe.ts';
import { expect, test, watchShifts } from '../start-demo.ts';

test('a reader of the guide to error 60380 gets to the lab, and from there to the other guides', async ({
  page,
  startHost,
  violations,
}) => {
  const { url } = await startHost();
  await page.goto(`${url}guides/twilio-error-60380.html`);
  await expect(page).toHaveTitle(/Twilio error 60380/);
  await page.getByRole('article').getByRole('link', { name: '60380 lab' }).click();
  await expect(page.getByRole('heading', { name: 'The 60380 lab' })).toBeInViewport();
  await page.getByRole('link', { name: 'Guides' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'verify-passkeys' })).toBeVisible();
  await page.getByRole('navigation', { name: 'Guides' }).getByRole('link', { name: 'Storage' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Storage' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Storage' })).toHaveAttribute('aria-current', 'page');
  expect(violations).toEqual([]);
});

// All guides have the same styles, so each is looked at once, and its colours only if it has a new kind of element.
const guides = ['index.md', ...readdirSync('demo/guides')].map((name) => name.replace(/\.md$/, ''));

/** The kinds of the page's elements: what each is, and what it stands in. */
const kindsOf = (page: Page) =>
  page.evaluate(() => {
    const kindOf = (element: Element | null): string =>
      element ? `${kindOf(element.parentElement)} ${element.tagName}.${element.className}` : '';
    return [...new Set([...document.querySelectorAll('*')].map(kindOf))];
  });

for (const [colorScheme, width, turn] of [
  ['light', 360, 0],
  ['dark', 1600, 1],
] as const) {
  test(`the guides can be read in the ${colorScheme} theme at ${width} px: axe finds nothing, nothing moves or overflows`, async ({
    page,
    startHost,
  }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await watchShifts(page);
    const { url } = await startHost();
    const seen = new Set<string>();
    for (const name of guides.filter((_, i) => i % 2 === turn)) {
      await page.goto(`${url}guides/${name}.html`);
      const kinds = await kindsOf(page);
      const isNew = kinds.some((kind) => !seen.has(kind));
      for (const kind of kinds) seen.add(kind);
      expect(await findBroken(page, isNew ? [] : ['color-contrast']), name).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await page.evaluate('shifts'), name).toEqual([]);
    }
  });
}

test('a guide that arrives in small pieces does not move while it is read', async ({ page }) => {
  const server = createServer(async ({ url = '' }, response) => {
    const file = readFileSync(`dist-demo${url}`);
    response.setHeader('content-type', url.endsWith('.css') ? 'text/css' : 'text/html');
    for (let at = 0; at < file.length; at += 1500) {
      response.write(file.subarray(at, at + 1500));
      if (url.endsWith('.html')) await sleep(60);
    }
    response.end();
  }).listen(0);
  try {
    await watchShifts(page);
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/guides/security.html`);
    await expect(page.getByRole('link', { name: 'This page as Markdown' })).toBeAttached();
    expect(await page.evaluate('shifts')).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
