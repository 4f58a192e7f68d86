/** The demo says why it makes no passkey, in the visitor's language. */
import { create, createTwice, expect, test } from '../start-demo.ts';

test('a second passkey on the same authenticator is refused, and the page says what to do instead', async ({
  page,
  demo,
}) => {
  await page.goto(demo.url);
  await createTwice(page);
  await expect(page.getByRole('status')).toContainText('already has a passkey');
  await expect(page.getByRole('status')).toContainText('Sign in with it');
});

test('without a name no ceremony starts, and the page asks for a name', async ({ page, demo }) => {
  await page.goto(demo.url);
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('Your name is missing');
  await expect(page.getByLabel('Your name')).toBeFocused();
});

test('errors are shown in the language that the visitor chooses, even if they choose it afterwards', async ({
  page,
  demo,
}) => {
  await page.goto(demo.url);
  await createTwice(page);
  await expect(page.getByRole('status')).toContainText('already has a passkey');
  await page.getByLabel('Tell me what goes wrong in').selectOption('Français');
  await expect(page.getByText('a déjà une clé d’accès')).toHaveAttribute('lang', 'fr');
  await page.getByLabel('Tell me what goes wrong in').selectOption('日本語');
  await create(page);
  await expect(page.getByRole('status')).toContainText('パスキーがすでにあります');
});
