/** One deadline covers a whole call of the page, and it comes before the page's own. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { createPasskeys } from 'verify-passkeys';
import { createAuthenticator, page } from '../software-authenticator.ts';
import { ada, openBrowser, refused, setUp } from './stage.ts';

const timeout = 1_000;
const slow = 700;

test('a call fails if the store and Verify together exceed the deadline, although each of them is in time', async () => {
  let isSlow = false;
  const pause = () => (isSlow ? wait(slow) : undefined);
  const kept = new Map<string, string>();
  const storage = {
    get: async (key: string) => {
      await pause();
      return kept.get(key);
    },
    set: async (key: string, value: string) => {
      await pause();
      kept.set(key, value);
    },
    delete: (key: string) => kept.delete(key),
  };
  const stage = setUp({
    relay: { storage },
    verify: async (_, answer) => {
      await pause();
      return answer();
    },
  });
  let { relay } = stage;
  const browser = openBrowser({ relay: (request) => relay(request) }, ada);
  const passkey = await browser.register();
  const { challenge } = await browser.begin('Challenges');
  const registration = await browser.begin('Factors');
  relay = stage.again({ timeout });
  isSlow = true;
  const answers = await Promise.all([
    browser.post('ApproveChallenge', await passkey.sign(challenge)),
    browser.post('VerifyFactor', (await createAuthenticator()).register(registration.challenge)),
    browser.send('GET', 'Factors'),
  ]);
  for (const { status } of answers) expect([503, 504]).toContain(status);
  expect(stage.approvals).toEqual([]);
});

test("the relay's default deadline comes before the page's, so that the page gets the relay's reason", async () => {
  const stage = setUp({ verify: () => new Promise(() => {}) });
  const passkeys = createPasskeys({
    baseUrl: `${page.origin}/passkeys`,
    headers: { origin: page.origin, cookie: `session=${ada}` },
    fetch: (input, init) => stage.relay(new Request(input, init)),
  });
  // The test does not wait: it collects the timers and fires the earliest once all are set.
  const real = globalThis.setTimeout;
  const timers: { expire: () => void; after: number }[] = [];
  const asked = stage.upstream;
  let outcome: Promise<unknown>;
  try {
    globalThis.setTimeout = ((expire: () => void, after = 0) => {
      if (after >= timeout) timers.push({ expire, after });
      return real(() => {}, 0);
    }) as typeof setTimeout;
    outcome = passkeys.list().catch((error: unknown) => error);
    while (asked.length === 0) await new Promise(setImmediate);
  } finally {
    globalThis.setTimeout = real;
  }
  timers.sort((a, b) => a.after - b.after)[0]!.expire();
  expect(await outcome).toMatchObject({
    code: 'rejected',
    rejection: { code: 'verify_timeout', status: 504, message: expect.stringContaining('too long') },
  });
});

test('after an app that took nearly all of the time a ceremony may begin, and after the deadline Verify is not called', async () => {
  for (const [share, expected, calls] of [
    [0.8, { status: 201 }, 1],
    [1, refused(504, 'verify_timeout'), 0],
  ] as const) {
    const { now } = performance;
    const identify = () => {
      performance.now = () => now.call(performance) + share * 20_000;
      return { identity: ada };
    };
    const stage = setUp({ relay: { timeout: 20_000, identify } });
    try {
      expect(await openBrowser(stage).post('Factors', {})).toMatchObject(expected);
    } finally {
      performance.now = now;
    }
    expect(stage.upstream).toHaveLength(calls);
  }
});
