/** A reader searches the guides, copies code, and sees that wide code goes on. */
import { existsSync, readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { findBroken } from '../axe.ts';
import { expect, test } from '../start-demo.ts';

const fieldOf = (page: Page) => page.getByRole('searchbox', { name: 'Search the guides' });
const foundOn = (page: Page) =>
  page.getByRole('list', { name: 'Sections that were found' }).getByRole('link');

test('a search finds the section by its words, also half typed or misspelt, and Enter opens it', async ({
  page,
  startHost,
  violations,
}) => {
  const { url } = await startHost();
  await page.goto(`${url}guides/index.html`);
  for (const [words, link] of [
    ['NestJS', 'mounting.html#nestjs'],
    ['who signed in', 'back-end.html#who-signed-in'],
    ['keyboard pyrex', undefined],
    ['postgrs', 'storage.html'],
    ['60380', 'twilio-error-60380.html'],
    ['verify_timeo', 'errors.html#the-relays-words'],
  ] as const) {
    await fieldOf(page).fill(words);
    if (link === undefined) {
      await expect(page.getByRole('status')).toHaveText(`Nothing is found for “${words}”.`);
      await expect(foundOn(page)).toHaveCount(0);
      continue;
    }
    await expect(page.getByRole('status')).toHaveText(/sections? (is|are) found/);
    const links = () => foundOn(page).evaluateAll((found) => found.map((a) => a.getAttribute('href') ?? ''));
    await expect.poll(links, words).toContainEqual(expect.stringContaining(link));
  }
  expect(await findBroken(page)).toEqual([]);
  const first = await foundOn(page).first().getAttribute('href');
  await fieldOf(page).press('Enter');
  await expect(page).toHaveURL(`${url}guides/${first}`);

  await fieldOf(page).fill('relay');
  await expect(foundOn(page)).not.toHaveCount(0);
  await fieldOf(page).press('Escape');
  await expect(foundOn(page)).toHaveCount(0);
  await expect(fieldOf(page)).toHaveValue('');
  expect(violations).toEqual([]);
});

test('every section in the index of the search leads to a heading that exists', () => {
  const sections: { link: string }[] = JSON.parse(readFileSync('dist-demo/guides/search.json', 'utf8'));
  expect(sections.length).toBeGreaterThan(100);
  const broken = sections.filter(({ link }) => {
    const [page = '', anchor] = link.split('#');
    const path = `dist-demo/guides/${page}`;
    return !existsSync(path) || (anchor && !readFileSync(path, 'utf8').includes(` id="${anchor}"`));
  });
  expect(broken).toEqual([]);
});

test('if the index cannot be loaded, the search says so and tries again at the next word', async ({
  page,
  startHost,
}) => {
  const { url } = await startHost();
  await page.route('**/search.json', (route) => route.abort(), { times: 1 });
  await page.goto(`${url}guides/index.html`);
  await fieldOf(page).pressSequentially('r');
  await expect(page.getByRole('status')).toHaveText(
    'The index of the guides could not be loaded. Try again.',
  );
  await fieldOf(page).pressSequentially('e');
  await expect(foundOn(page)).not.toHaveCount(0);
});

test('each block of code is copied by its button, exactly as it stands', async ({
  page,
  context,
  startHost,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { url } = await startHost();
  await page.goto(`${url}guides/mounting.html`);
  const blocks = page.locator('article pre');
  const buttons = page.getByRole('button', { name: 'Copy' });
  const count = await blocks.count();
  expect(count).toBeGreaterThan(1);
  await expect(buttons).toHaveCount(count);
  await buttons.nth(1).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await blocks.nth(1).textContent());
});

test('without scripts a guide shows neither a field nor a button that would do nothing', async ({
  browser,
  startHost,
}) => {
  const { url } = await startHost();
  const context = await browser.newContext({ javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    await page.goto(`${url}guides/storage.html`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Copy' })).toHaveCount(0);
    await expect(fieldOf(page)).toHaveCount(0);
  } finally {
    await context.close();
  }
});

test('code that is wider than its box has a shadow at the side where it goes on, and only there', async ({
  page,
  startHost,
}) => {
  await page.setViewportSize({ width: 320, height: 700 });
  const { url } = await startHost();
  await page.goto(`${url}guides/mounting.html`);
  const blocks = page.locator('article pre');
  const wide = blocks.nth(
    await blocks.evaluateAll((all) => all.findIndex((pre) => pre.scrollWidth - pre.clientWidth > 50)),
  );
  await wide.scrollIntoViewIfNeeded();
  expect(await wide.evaluate((pre) => pre.scrollWidth - pre.clientWidth)).toBeGreaterThan(50);
  // The guide's policy lets nothing be fetched, so the picture is read in a page of its own.
  const reader = await page.context().newPage();
  /** The colours just inside the right and the left edge. */
  const edges = async () => {
    const picture = `data:image/png;base64,${(await wide.screenshot()).toString('base64')}`;
    return reader.evaluate(async (address) => {
      const image = await createImageBitmap(await (await fetch(address)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
      canvas.drawImage(image, 0, 0);
      // Below the round corner, and above the text.
      const at = (x: number) => [...canvas.getImageData(x, 13, 1, 1).data].join();
      return [at(image.width - 4), at(4)] as const;
    }, picture);
  };
  const [rightBefore, leftBefore] = await edges();
  expect(rightBefore).not.toBe(leftBefore);
  await wide.evaluate((pre) => pre.scrollTo({ left: pre.scrollWidth }));
  const [rightAfter, leftAfter] = await edges();
  expect(rightAfter).toBe(leftBefore);
  expect(leftAfter).not.toBe(leftBefore);
});
