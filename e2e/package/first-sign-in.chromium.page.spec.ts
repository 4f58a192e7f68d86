/** The first server of the guide works unchanged: a passkey is made on its page and signs in. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { test as base, expect } from '@playwright/test';
import { withAuthenticator } from 'verify-passkeys/playwright';
import { findFreePort } from '../port.ts';
import { importBlock } from '../readme.ts';

const test = withAuthenticator(base);

test('a developer saves the first server, starts it, makes a passkey and signs in, without a Twilio account', async ({
  page,
  authenticator,
}) => {
  const port = await findFreePort();
  process.env.PORT = String(port);
  const { server } = await importBlock<{ server: Server }>('Open http://localhost');
  delete process.env.PORT;
  if (!server.listening) await once(server, 'listening');
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`http://localhost:${port}`);
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await expect(page.getByRole('status')).toHaveText('verified');
  expect(await authenticator.credentials()).toHaveLength(1);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('status')).toHaveText('approved');
  expect(errors).toEqual([]);
  server.closeAllConnections();
  server.close();
});
