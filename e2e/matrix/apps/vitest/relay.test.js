import { expect, test } from 'vitest';
import { relay } from './relay.mjs';

test('the relay begins a sign-in with the emulator', async () => {
  const { origin } = new URL(process.env.ORIGINS);
  const headers = { origin, 'content-type': 'application/json' };
  const begun = await relay(
    new Request(`${origin}/passkeys/Challenges`, { method: 'POST', headers, body: '{}' }),
  );
  expect(begun.status).toBe(201);
  expect(await begun.json()).toMatchObject({ options: { publicKey: { rpId: 'localhost' } } });
});
