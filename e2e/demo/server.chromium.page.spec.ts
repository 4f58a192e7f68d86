/** The demo with its server: after a restart, when the server is gone, and with real Verify. */
import { create, expect, hideAutofill, test } from '../start-demo.ts';

test('passkeys outlive a restart of the demo server', async ({ page, startDemo }) => {
  await hideAutofill(page);
  const first = await startDemo();
  await page.goto(first.url);
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await first.stop();
  const second = await startDemo();
  await page.goto(second.url);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('You are signed in as Ada');
});

test('the demo says in plain words that its server cannot be reached', async ({ page, startDemo }) => {
  const { url, stop } = await startDemo();
  await page.goto(url);
  await expect(page.getByRole('status')).toContainText('Ready');
  await stop();
  await create(page);
  await expect(page.getByRole('status')).toContainText('could not be reached');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('unreachable');
});

test('with an account in the environment the demo says that it talks to Verify itself', async ({
  page,
  startDemo,
}) => {
  // Autofill would call Verify as soon as the page opens.
  await hideAutofill(page);
  const { url } = await startDemo({
    TWILIO_API_KEY: `SK${'1'.repeat(32)}`,
    TWILIO_API_KEY_SECRET: 'secret',
    TWILIO_VERIFY_SERVICE_SID: `VA${'1'.repeat(32)}`,
  });
  await page.goto(url);
  await expect(page.getByText('to Twilio Verify itself')).toBeVisible();
});

test('the demo makes, uses and removes a passkey through real Verify', async ({ page, startDemo }) => {
  const { TWILIO_VERIFY_SERVICE_SID } = process.env;
  test.skip(
    !TWILIO_VERIFY_SERVICE_SID,
    'set TWILIO_VERIFY_SERVICE_SID and an account to try the demo with that Service',
  );
  await hideAutofill(page);
  // The Service's relying party must have the id localhost and the origin http://localhost:5173.
  const account = Object.entries(process.env).filter(([name]) => name.startsWith('TWILIO_'));
  const { url } = await startDemo({ ...Object.fromEntries(account), PORT: '5173' } as Record<string, string>);
  await page.goto(url);
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('approved');
  await page.getByRole('button', { name: 'Remove Ada' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(page.getByText('No passkey yet')).toBeVisible();
});
