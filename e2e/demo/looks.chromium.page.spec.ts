/** The demo can be read and used in both themes, at any width, by eye, keyboard and screen reader. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { findBroken } from '../axe.ts';
import { create, expect, hideAutofill, test, watchShifts } from '../start-demo.ts';

for (const [colorScheme, width, forcedColors] of [
  ['light', 360, 'none'],
  ['dark', 1600, 'none'],
  ['light', 320, 'active'],
] as const) {
  const theme = forcedColors === 'active' ? 'in forced colours' : `in the ${colorScheme} theme`;
  test(`axe finds nothing ${theme} at ${width} px, in any state`, async ({ page, startHost }) => {
    await page.emulateMedia({ colorScheme, forcedColors });
    await page.setViewportSize({ width, height: 800 });
    const { url } = await startHost();
    await page.goto(url);
    await expect(page.getByRole('status')).toContainText('Ready');
    const inspect = async () => {
      expect(await findBroken(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    };
    await inspect();
    await create(page);
    await expect(page.getByRole('status')).toContainText('verified');
    await page.locator('#station-send summary').first().click();
    await page.getByRole('button', { name: 'Decode attestationObject' }).click();
    await expect(page.getByText('credentialPublicKey').first()).toBeVisible();
    await inspect();
    await create(page);
    await expect(page.getByRole('status')).toContainText('already has');
    await page.getByRole('button', { name: 'Rename Ada' }).click();
    await page.getByRole('button', { name: 'Encoded twice' }).click();
    await expect(page.getByRole('group', { name: 'Fixed body' })).toBeVisible();
    await inspect();
  });
}

for (const width of [320, 1280]) {
  test(`nothing moves while the page loads at ${width} px`, async ({ page, startHost }) => {
    await page.setViewportSize({ width, height: 800 });
    await watchShifts(page);
    const { url } = await startHost();
    await page.goto(url);
    await expect(page.getByRole('status')).toContainText('Ready');
    expect(await page.evaluate('shifts')).toEqual([]);
  });
}

test('a passkey can be made with the keyboard alone', async ({ page, startHost }) => {
  const { url } = await startHost();
  await page.goto(url);
  await expect(page.getByRole('status')).toContainText('Ready');
  await page.keyboard.press('Tab');
  await expect(page.getByText('Skip to the demo')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('verified');
});

test('the focus stays where it was: after renaming, Escape, removing and a passkey that is refused', async ({
  page,
  startHost,
}) => {
  await hideAutofill(page);
  const { url } = await startHost();
  await page.goto(url);
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  const button = (name: string) => page.getByRole('button', { name });
  const press = async (name: string, ...keys: string[]) => {
    await button(name).focus();
    for (const key of ['Enter', ...keys]) await page.keyboard.press(key);
  };
  await press('Add a passkey');
  await expect(page.getByRole('status')).toContainText('already has');
  await expect(button('Add a passkey')).toBeFocused();
  await press('Rename Ada', 'Escape');
  await expect(button('Rename Ada')).toBeFocused();
  await press('Rename Ada', 'End', 'L', 'Enter');
  await expect(button('Rename AdaL')).toBeFocused();
  await press('Remove AdaL', 'Escape');
  await expect(button('Rename AdaL')).toBeFocused();
  await press('Remove AdaL', 'Enter');
  await expect(page.getByRole('status')).toContainText('is removed');
  await expect(page.getByRole('heading', { name: 'Your passkeys' })).toBeFocused();
});

test('a name that is too long is refused, and not cut in silence', async ({ page, startHost }) => {
  await hideAutofill(page);
  const { url } = await startHost();
  await page.goto(url);
  await create(page, 'A'.repeat(65));
  await expect(page.getByRole('status')).toContainText('65 characters, and 64 fit');
  await expect(page.getByLabel('Your name')).toHaveValue('A'.repeat(65));
});

test('stations that passed and that failed, and the chosen example, can be told without colour', async ({
  page,
  startHost,
}) => {
  await page.emulateMedia({ forcedColors: 'active' });
  const { url } = await startHost();
  await page.goto(url);
  const markOf = (selector: string) =>
    page.evaluate((one) => getComputedStyle(document.querySelector(one)!, '::before').content, selector);
  const ahead = await markOf('#station-begin');
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  const passed = await markOf('#station-begin');
  await create(page);
  await expect(page.getByRole('status')).toContainText('already has');
  const failed = await markOf('#station-ask');
  expect(new Set([ahead, passed, failed]).size).toBe(3);
  await page.getByRole('button', { name: 'Encoded twice' }).click();
  expect(await markOf('[data-example="twice"]')).not.toBe(await markOf('[data-example="flat"]'));
});

test('the page sends requests to its own origin only', async ({ page, startHost }) => {
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).protocol + new URL(request.url()).host));
  const { url } = await startHost();
  await page.goto(url);
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  hosts.delete('data:');
  expect([...hosts]).toEqual([`http:${new URL(url).host}`]);
});

test('the first load without the worker stays under 150 kB compressed', () => {
  const html = readFileSync('dist-demo/index.html', 'utf8');
  const first = readdirSync('dist-demo/assets').filter((name) => html.includes(name));
  expect(first.length).toBeGreaterThan(1);
  const sizes = first.map((name) => gzipSync(readFileSync(`dist-demo/assets/${name}`)).length);
  const total = sizes.reduce((sum, size) => sum + size, gzipSync(html).length);
  expect(total).toBeLessThan(150_000);
});
