/** The demo can be read and used in both themes, at any width, by eye, keyboard and screen reader. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { create, expect, test, watchShifts } from '../start-demo.ts';

for (const [colorScheme, width] of [
  ['light', 360],
  ['dark', 1600],
] as const) {
  test(`axe finds nothing in the ${colorScheme} theme at ${width} px, in any state`, async ({
    page,
    startHost,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 800 });
    const { url } = await startHost();
    await page.goto(url);
    await expect(page.getByRole('status')).toContainText('Ready');
    const inspect = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
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

for (const width of [360, 1280]) {
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
