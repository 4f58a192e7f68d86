/** Part of a call's time is the store's, so that what Verify has accepted is remembered. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { createAuthenticator } from '../software-authenticator.ts';
import { ada, openBrowser, refused, setUp } from './stage.ts';

const noNames = { identity: '', entity_sid: '', factor_sid: '' };

/** A store that takes this long for each call. */
function slowStore(pause: { milliseconds: number }) {
  const kept = new Map<string, string>();
  return {
    get: async (key: string) => {
      await wait(pause.milliseconds);
      return kept.get(key);
    },
    set: async (key: string, value: string) => {
      await wait(pause.milliseconds);
      kept.set(key, value);
    },
    delete: (key: string) => kept.delete(key),
  };
}

test('a registration whose answer never came is read, kept by a slow store, and signs in though Verify names nobody', async () => {
  const pause = { milliseconds: 0 };
  const stage = setUp({
    relay: { storage: slowStore(pause) },
    verify: async (request, answer) => {
      const response = await answer();
      if (pause.milliseconds > 0 && request.url.endsWith('/VerifyFactor')) return new Promise(() => {});
      if (!request.url.endsWith('/ApproveChallenge')) return response;
      return Response.json({ ...((await response.json()) as object), ...noNames });
    },
  });
  let { relay } = stage;
  const browser = openBrowser({ relay: (request) => relay(request) }, ada);
  await browser.register();
  const passkey = await createAuthenticator();
  const { challenge } = await browser.begin('Factors');
  // With a quarter of what is left after VerifyFactor, the store had no time for its calls.
  pause.milliseconds = 300;
  relay = stage.again({ timeout: 6_000 });
  expect(await browser.post('VerifyFactor', passkey.register(challenge))).toMatchObject({ status: 200 });
  pause.milliseconds = 0;
  expect(await browser.signIn(passkey)).toMatchObject({ status: 200 });
  expect(stage.approvals).toMatchObject([{ identity: ada, remembered: true }]);
});

test('no call to Verify begins after its share of the time is over, and the app cannot use the time of the store', async () => {
  const pause = { milliseconds: 0 };
  const stage = setUp({ relay: { storage: slowStore(pause) } });
  let { relay } = stage;
  const browser = openBrowser({ relay: (request) => relay(request) }, ada);
  const passkey = await browser.register();
  const { challenge } = await browser.begin('Challenges');
  const body = await passkey.sign(challenge);
  const sent = stage.upstream.length;
  // Verify's share ends after 3 seconds. The rest is for a busy machine, whose timers are late.
  pause.milliseconds = 3_200;
  relay = stage.again({ timeout: 4_000 });
  expect(await browser.post('ApproveChallenge', body)).toMatchObject(refused(504, 'verify_timeout'));
  expect(stage.upstream).toHaveLength(sent);
  pause.milliseconds = 0;
  const began = performance.now();
  relay = stage.again({ timeout: 4_000, onApproved: () => new Promise<never>(() => {}) });
  await expect(browser.post('ApproveChallenge', body)).rejects.toThrow('onApproved() did not answer in time');
  expect(performance.now() - began).toBeLessThan(4_000);
});
