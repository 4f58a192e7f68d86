/** The demo makes a passkey, signs in with it, and manages it. */
import { create, expect, test } from '../start-demo.ts';

test('the demo makes a passkey and signs in with it, and shows the status that Verify gave', async ({
  page,
  demo,
  violations,
}) => {
  await page.goto(demo.url);
  await expect(page.getByText('through its relay to an emulator of Verify')).toBeVisible();
  await create(page);
  await expect(page.getByRole('status')).toContainText('Your passkey is made');
  await expect(page.getByRole('status')).toContainText('verified');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('You are signed in as Ada');
  await expect(page.getByRole('status')).toContainText('approved');
  expect(violations).toEqual([]);
});

test('a user who has signed out signs in again through the suggestion of the username field', async ({
  page,
  browserName,
  demo,
}) => {
  await page.goto(demo.url);
  await create(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  if (browserName === 'firefox') {
    // In Firefox a user must pick the suggestion. Here nobody can, so the test presses the button instead.
    await expect(page.getByRole('status')).toContainText('signed out');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  }
  await expect(page.getByRole('status')).toContainText('You are signed in as Ada');
  await expect(page.getByRole('status')).toContainText('approved');
});

test('a passkey is listed with its authenticator, renamed and removed', async ({
  page,
  browserName,
  demo,
}) => {
  await page.goto(demo.url);
  await create(page);
  const row = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Rename Ada' }) });
  const isKnown = browserName === 'chromium';
  await expect(row).toContainText(isKnown ? 'Virtual authenticator of Chrome' : 'Authenticator unknown');
  await page.getByRole('button', { name: 'Rename Ada' }).click();
  await page.getByLabel('New name').fill('Work laptop');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toContainText('now called Work laptop');
  await page.getByRole('button', { name: 'Remove Work laptop' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(page.getByText('No passkey yet')).toBeVisible();
});
