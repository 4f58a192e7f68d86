/** The pictures in README: the demo as a new visitor sees it, on a screen and on a phone, in both themes. */
import { create, expect, hideAutofill, test } from '../start-demo.ts';

const screen = { width: 1024, height: 660 };
const phone = { width: 360, height: 780 };

for (const [name, colorScheme, size] of [
  ['demo-light', 'light', screen],
  ['demo-dark', 'dark', screen],
  ['demo-phone-light', 'light', phone],
  ['demo-phone-dark', 'dark', phone],
] as const) {
  test(name, async ({ page, startHost }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    await hideAutofill(page);
    const { url } = await startHost('/');
    await page.goto(url);
    await create(page, 'Ada Lovelace');
    await expect(page.getByRole('status')).toContainText('verified');
    await expect(page.getByRole('button', { name: 'Rename Ada Lovelace' })).toBeVisible();
    await page.locator('#try').evaluate((card) => card.scrollIntoView());
    await page.screenshot({ path: `.github/${name}.png` });
    await page.getByRole('button', { name: 'Encoded twice' }).click();
    await page.locator('#lab').evaluate((card) => card.scrollIntoView());
    await page.screenshot({ path: `.github/${name.replace('demo', 'lab')}.png` });
  });
}
