/** Several relays share the storage, so that one can finish what another began. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { expect, test } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import { settings as verifySettings } from '../play-verify.ts';
import { findRedis, type Redis, startRedis } from '../redis.ts';
import { page } from '../software-authenticator.ts';
import { accountSid, authToken, cookieSecret, serviceSid } from '../world.ts';
import { openBrowser, type Relay, refused } from './stage.ts';

test.skip(
  () => !findRedis(),
  "redis-server is not on PATH and could not be installed from the system's packages",
);

/** Redis, Verify, and two relay processes behind a round robin. */
async function startCluster() {
  const redis = await startRedis();
  const { fetch: answer } = createEmulator(verifySettings);
  let asked = 0;
  const verify = serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      asked++;
      return answer(request);
    },
  });
  // A connection that closes while it is reused would look like an unreachable Verify.
  if ('keepAliveTimeout' in verify) verify.keepAliveTimeout = 60_000;
  await once(verify, 'listening');
  const address = `http://127.0.0.1:${(verify.address() as AddressInfo).port}`;
  const [first, second] = [await startRelay(redis, address), await startRelay(redis, address)];
  let turn = 0;
  const relay: Relay = (request) => (turn++ % 2 ? first : second).call(request);
  const stop = async () => {
    for (const { process } of [first, second]) process.kill();
    verify.close();
    await redis.stop();
  };
  return { redis, relay, first: first.call, second: second.call, asked: () => asked, stop };
}

async function startRelay(redis: Redis, verify: string): Promise<{ process: ChildProcess; call: Relay }> {
  const settings = {
    serviceSid,
    accountSid,
    authToken,
    cookieSecret,
    origins: [page.origin],
    timeout: 30_000,
  };
  const script = fileURLToPath(new URL('process.mjs', import.meta.url));
  const process_ = spawn(process.execPath, [script, redis.url, verify, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(process_.stdout, 'data');
  const call: Relay = (request) =>
    fetch(new Request(`http://127.0.0.1:${Number(port)}${new URL(request.url).pathname}`, request));
  return { process: process_, call };
}

let cluster: Awaited<ReturnType<typeof startCluster>>;
test.beforeEach(async () => {
  cluster = await startCluster();
});
test.afterEach(() => cluster.stop());

const user = (i: number) => `user-${String(i).padStart(8, '0')}`;

test('100 simultaneous ceremonies, begun on one relay and finished on the other, all succeed', async () => {
  /** A browser that alternates between the two relays. */
  function openAlternating(i: number, session?: string) {
    let turn = i;
    const relay: Relay = (request) => (turn++ % 2 ? cluster.first : cluster.second)(request);
    return openBrowser({ relay }, session);
  }
  const passkeys = await Promise.all(
    Array.from({ length: 20 }, (_, i) => openAlternating(i, user(i)).register()),
  );
  const begun = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const browser = openAlternating(i);
      const { challenge } = await browser.begin('Challenges');
      return { browser, credential: await passkeys[i % 20]!.sign(challenge), identity: user(i % 20) };
    }),
  );
  const finished = await Promise.all(
    begun.map(async ({ browser, credential, identity }) => {
      const { status, body } = await browser.post('ApproveChallenge', credential);
      return { status, code: body.code, isTheirs: body.identity === identity };
    }),
  );
  expect(finished).toEqual(Array(100).fill({ status: 200, code: undefined, isTheirs: true }));
});

test('stopping Redis midway gives 503 storage_unavailable and no approval, and all succeed once it is back', async () => {
  const passkey = await openBrowser(cluster, user(1)).register();
  const waiting = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const browser = openBrowser(cluster);
      const { challenge } = await browser.begin('Challenges');
      return { browser, credential: await passkey.sign(challenge) };
    }),
  );
  const finish = ({ browser, credential }: (typeof waiting)[number]) =>
    browser.post('ApproveChallenge', credential);
  const before = await finish(waiting[0]!);
  expect(before.status).toBe(200);
  // Half of the calls arrive while Redis stops, half of them after that.
  const during = waiting.slice(1, 50).map(finish);
  await Promise.race(during);
  await cluster.redis.crash();
  for (const { status, body } of await Promise.all(during)) {
    if (status !== 200) expect({ status, body }).toMatchObject(refused(503, 'storage_unavailable'));
  }
  const asked = cluster.asked();
  for (const answer of await Promise.all(waiting.slice(50).map(finish))) {
    expect(answer).toMatchObject(refused(503, 'storage_unavailable'));
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  expect(cluster.asked()).toBe(asked);
  await cluster.redis.restart();
  for (const relay of [cluster.first, cluster.second]) {
    await expect.poll(async () => (await openBrowser({ relay }).signIn(passkey)).status).toBe(200);
  }
});
