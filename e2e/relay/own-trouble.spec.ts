/** What goes wrong in one call stays with its user: no later call fails or waits for it, and it is tried again. */
import { expect, test } from '@playwright/test';
import { createAuthenticator } from '../software-authenticator.ts';
import { ada, bob, openBrowser, refused, setUp } from './stage.ts';

const hang = () => new Promise<never>(() => {});

/** The keys of passkeys that the store has. */
const passkeyKeys = (storage: Map<string, string>) =>
  [...storage.keys()].filter((key) => /:(credential|factor):/.test(key));

for (const [what, fail] of [
  ['fails', () => Promise.reject(new Error('no DELETE for this role'))],
  ['hangs', hang],
] as const) {
  test(`while the deletion of a removed passkey ${what} in the store, every list is answered, and a later one deletes it`, async () => {
    let works = true;
    const kept = new Map<string, string>();
    const storage = {
      get: (key: string) => kept.get(key),
      set: (key: string, value: string) => kept.set(key, value),
      delete: (key: string) => (works ? kept.delete(key) : fail()),
    };
    const stage = setUp({ relay: { storage, timeout: 60_000 } });
    const [adas, bobs] = [openBrowser(stage, ada), openBrowser(stage, bob)];
    const { sid } = await adas.register();
    const [bobsKeys, all] = [await bobs.register(), passkeyKeys(kept).length];
    works = false;
    // A hanging deletion ends with the deadline of a minute. Nobody waits for it here.
    const removed = adas.send('DELETE', `Factors/${sid}`);
    await expect.poll(() => stage.upstream.some(({ method }) => method === 'DELETE')).toBe(true);
    if (what === 'fails') expect(await removed).toMatchObject(refused(503, 'storage_unavailable'));
    for (const browser of [bobs, adas, bobs, adas]) {
      expect(await browser.send('GET', 'Factors')).toMatchObject({ status: 200 });
    }
    expect(passkeyKeys(kept)).toHaveLength(all);
    if (what === 'hangs') return;
    works = true;
    expect(await bobs.send('GET', 'Factors')).toMatchObject({ body: { factors: [{ sid: bobsKeys.sid }] } });
    await expect.poll(() => passkeyKeys(kept).length).toBe(all - 2);
  });
}

test('a removal that hangs delays no other user, and a second one of its user ends in its own time', async () => {
  const stage = setUp({
    verify: (request) => (request.method === 'DELETE' && request.url.includes(ada) ? hang() : undefined),
  });
  const [adas, bobs] = [openBrowser(stage, ada), openBrowser(stage, bob)];
  const sids = [(await adas.register()).sid, (await adas.register()).sid];
  const { sid } = await bobs.register();
  const impatient = { relay: stage.again({ timeout: 1_000 }) };
  const two = sids.map((each) => openBrowser(impatient, ada).send('DELETE', `Factors/${each}`));
  expect(await openBrowser(impatient, bob).send('DELETE', `Factors/${sid}`)).toMatchObject({ status: 200 });
  for (const answer of await Promise.all(two)) expect(answer).toMatchObject(refused(504, 'verify_timeout'));
});

test('a list does not wait for the deletion of a refused passkey that hangs at Verify', async () => {
  let remove: () => Promise<Response> = () => Promise.reject(new Error('down'));
  const stage = setUp({
    relay: { onVerified: () => false, timeout: 60_000 },
    verify: ({ method }) => (method === 'DELETE' ? remove() : undefined),
  });
  const browser = openBrowser(stage, ada);
  const { challenge } = await browser.begin('Factors');
  await browser.post('VerifyFactor', (await createAuthenticator()).register(challenge));
  let asked = 0;
  remove = () => {
    asked++;
    return hang();
  };
  expect(await browser.send('GET', 'Factors')).toMatchObject({ status: 200, body: { factors: [] } });
  await expect.poll(() => asked).toBe(1);
});

test('keys of cookies that could not be loaded once are loaded by the next call', async () => {
  const stage = setUp();
  const { importKey } = crypto.subtle;
  crypto.subtle.importKey = () => Promise.reject(new Error('busy'));
  try {
    await expect(openBrowser(stage).begin('Challenges')).rejects.toThrow('busy');
  } finally {
    crypto.subtle.importKey = importKey;
  }
  expect((await openBrowser(stage).begin('Challenges')).challenge).toBeTruthy();
});
