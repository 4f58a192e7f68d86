import { createPasskeys } from 'verify-passkeys';
import { expect, test } from 'vitest';
import { commands } from 'vitest/browser';

const passkeys = createPasskeys({ baseUrl: '/passkeys' });

test('a new user makes a passkey and signs in with it', async () => {
  await commands.plugIn();
  await fetch('/session', { method: 'POST' });
  expect(await passkeys.register()).toMatchObject({ status: 'verified' });
  expect(await passkeys.authenticate()).toMatchObject({ status: 'approved' });
});
