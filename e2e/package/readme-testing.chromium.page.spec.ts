/** The testing guide's test of a sign-in page passes on such a page. */
import { test as base, expect } from '@playwright/test';
import { withAuthenticator } from 'verify-passkeys/playwright';
import { startWorld } from '../world.ts';

/** A sign-in page as an app may have it. Its server is the relay in front of the emulator. */
const signInPage = `<!doctype html><title>Sign in</title>
<button id="make">Create a passkey</button> <button id="use">Sign in</button> <p role="status"></p>
<script type="module">
  import { createPasskeys } from '/verify-passkeys.min.js';
  const passkeys = createPasskeys({ baseUrl: '/passkeys' });
  const say = (text) => { document.querySelector('[role=status]').textContent = text; };
  make.onclick = () => passkeys.register().then(() => say('Passkey created'), ({ code }) => say(code));
  use.onclick = () => passkeys.authenticate().then(() => say('Welcome back'), ({ code }) => say(code));
</script>`;

const site = base.extend({
  baseURL: async ({ browserName: _ }, use) => {
    const world = await startWorld({ page: signInPage });
    await use(world.origin);
    await world.stop();
  },
});

const test = withAuthenticator(site);

test('a new user makes a passkey, and changes their mind once', async ({ page, authenticator }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(page.getByRole('status')).toHaveText('Passkey created');
  expect(await authenticator.credentials()).toHaveLength(1);
  await authenticator.refuse();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('status')).toHaveText('cancelled');
});
