/** Two tabs of the demo follow each other, and disturb nobody who types. */
import { create, expect, hideAutofill, test } from '../start-demo.ts';

test('the focus and a new name that is being typed stay while another tab renames the passkey', async ({
  page,
  demo,
}) => {
  await hideAutofill(page);
  await page.goto(demo.url);
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  const other = await page.context().newPage();
  await hideAutofill(other);
  await other.goto(demo.url);
  const renameElsewhere = async (from: string, to: string) => {
    const drawnAgain = page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const list = document.querySelector('#passkeys')!;
          new MutationObserver(() => resolve()).observe(list, { childList: true });
        }),
    );
    await other.getByRole('button', { name: `Rename ${from}` }).click();
    await other.getByLabel('New name').fill(to);
    await other.getByRole('button', { name: 'Save' }).click();
    await drawnAgain;
  };
  const button = (name: string) => page.getByRole('button', { name });
  for (const [focused, from, to, afterwards] of [
    ['Sign out', 'Ada', 'Phone', 'Sign out'],
    ['Remove Phone', 'Phone', 'Tablet', 'Rename Tablet'],
  ] as const) {
    await button(focused).focus();
    await renameElsewhere(from, to);
    await expect(button(afterwards)).toBeFocused();
  }
  await button('Rename Tablet').click();
  await page.getByLabel('New name').fill('Work');
  await renameElsewhere('Tablet', 'Watch');
  await page.keyboard.type(' laptop');
  await expect(page.getByLabel('New name')).toHaveValue('Work laptop');
  await page.keyboard.press('Escape');
  await expect(button('Rename Watch')).toBeFocused();
});

test('another tab follows a sign-in and a sign-out', async ({ page, demo }) => {
  await hideAutofill(page);
  await page.goto(demo.url);
  const other = await page.context().newPage();
  await hideAutofill(other);
  await other.goto(demo.url);
  await create(page);
  await expect(other.getByText('Signed in as Ada')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(other.getByText('Nobody is signed in here')).toBeVisible();
});
