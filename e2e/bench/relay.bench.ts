/** What the relay costs, compared with what apps write instead of it, and under hostile bodies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { type ExpensiveBody, expensiveBodies } from './expensive-bodies.ts';

const atOnce = 32;
const rounds = 20;
const perRound = 1000;
const steady = 200_000;

type RunningRelay = { process: ChildProcess; url: string };

async function start(
  role: 'verify' | 'proxy' | 'fetch' | 'twilio' | 'relay',
  upstream = '',
): Promise<RunningRelay> {
  const script = fileURLToPath(new URL('relay-server.mjs', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', script, role, upstream], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  return { process: child, url: `http://127.0.0.1:${Number(port)}` };
}

const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

type PageCall = { route: string; body: string; cookie?: string };
type Reply = { status: number; cookie: string; took: number };

/** One call. `took` is in milliseconds until the answer is complete. */
function call(url: string, { route, body, cookie = '' }: PageCall, through = agent): Promise<Reply> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const length = String(Buffer.byteLength(body));
    const headers = { origin: url, 'content-type': 'application/json', 'content-length': length, cookie };
    request(`${url}/passkeys/${route}`, { method: 'POST', agent: through, headers }, (response) => {
      const [set = ''] = response.headers['set-cookie']?.slice(-1) ?? [];
      const { statusCode: status = 0 } = response;
      response
        .resume()
        .on('end', () => resolve({ status, cookie: set.split(';')[0]!, took: performance.now() - began }));
    })
      .on('error', reject)
      .end(body);
  });
}

const honest = { route: 'Challenges', body: '{}' };

/** Makes `count` honest calls, `atOnce` of them at any time, and returns the milliseconds that each took. */
async function load(url: string, count: number): Promise<number[]> {
  const times: number[] = [];
  let left = count;
  const next = async () => {
    while (left-- > 0) {
      const { status, took } = await call(url, honest);
      if (status !== 201) throw new Error(`HTTP ${status}`);
      times.push(took);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return times;
}

function summarise(times: number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
  return { median: at(0.5), p99: at(0.99), worst: at(1) };
}

const machine = () => `\n${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}\n`;

/** The bytes of a server's heap, or the milliseconds of CPU time of its process. */
const usage = async (url: string, of: 'heap' | 'cpu') =>
  ((await (await fetch(`${url}/${of}`)).json()) as Record<typeof of, number>)[of];

const stopAll = (started: RunningRelay[]) => {
  for (const { process } of started) process.kill();
};

test('calls per second and CPU time beside a bare proxy and Express, and a flat heap over 200,000 calls', async () => {
  const verify = await start('verify');
  const rows = [];
  for (const [name, role] of [
    ['bare proxy', 'proxy'],
    ["Express with Twilio's library", 'twilio'],
    ['Express with fetch', 'fetch'],
    ['relay', 'relay'],
  ] as const) {
    rows.push({ name, ...(await start(role, verify.url)), times: [] as number[], seconds: 0, cpu: 0 });
  }
  const [proxy, , , relay] = rows as [(typeof rows)[0], unknown, unknown, (typeof rows)[0]];
  try {
    for (const { url } of rows) await load(url, 2 * perRound);
    for (let round = 0; round < rounds; round++) {
      for (const row of rows) {
        const [began, before] = [performance.now(), await usage(row.url, 'cpu')];
        row.times.push(...(await load(row.url, perRound)));
        row.cpu += (await usage(row.url, 'cpu')) - before;
        row.seconds += (performance.now() - began) / 1000;
      }
    }
    console.log(machine());
    console.log('| server | calls/s | over the proxy | p99, ms | CPU per call, ms | over the proxy |');
    console.log('|---|---|---|---|---|---|');
    const speed = ({ times, seconds }: typeof proxy) => times.length / seconds;
    const cost = ({ times, cpu }: typeof proxy) => cpu / times.length;
    for (const row of rows) {
      const [calls, cpu, { p99 }] = [speed(row), cost(row), summarise(row.times)];
      const [faster, dearer] = [calls / speed(proxy), cpu / cost(proxy)];
      console.log(
        `| ${row.name} | ${Math.round(calls)} | ${faster.toFixed(2)} | ${p99.toFixed(1)} | ${cpu.toFixed(2)} | ${dearer.toFixed(2)} |`,
      );
    }
    const before = (await usage(relay.url, 'heap')) / 1e6;
    await load(relay.url, steady);
    const after = (await usage(relay.url, 'heap')) / 1e6;
    console.log(`heap: ${before.toFixed(1)} MB, after ${steady} more calls ${after.toFixed(1)} MB`);
    // A relay that kept something of each call would hold tens of megabytes.
    expect(after - before).toBeLessThan(8);
  } finally {
    stopAll([verify, ...rows]);
  }
});

test('the most expensive refused bodies, and honest calls beside fifty of them per second', async () => {
  const verify = await start('verify');
  const relay = await start('relay', verify.url);
  // Attackers use other connections.
  const strange = new Agent({ keepAlive: true });
  try {
    const begin = async (path: string) => (await call(relay.url, { route: path, body: '{}' })).cookie;
    const cookie = `${await begin('Factors')}; ${await begin('Challenges')}`;
    const sid = (letters: string) => new RegExp(`passkeys-(${letters}[0-9a-f]{32})=`).exec(cookie)![1]!;
    const bodies = expensiveBodies(sid('YF'), sid('YC'));
    const measure = async (
      { route: path, body: text }: ExpensiveBody,
      sentCookie?: string,
    ): Promise<number> => {
      const sent = { route: path, body: text, ...(sentCookie !== undefined && { cookie: sentCookie }) };
      const count = 60;
      for (let i = 0; i < count / 4; i++)
        expect((await call(relay.url, sent, strange)).status).toBeGreaterThanOrEqual(400);
      const before = await usage(relay.url, 'cpu');
      for (let i = 0; i < count; i++) await call(relay.url, sent, strange);
      return ((await usage(relay.url, 'cpu')) - before) / count;
    };
    const rows = [];
    for (const each of bodies) {
      rows.push({ each, begun: await measure(each, cookie), stranger: await measure(each) });
    }
    rows.sort((a, b) => b.begun - a.begun);
    console.log(machine());
    console.log('| refused body of 64 KiB | CPU with a cookie, ms | without, ms |\n|---|---|---|');
    for (const { each, begun, stranger } of rows) {
      console.log(`| ${each.what} | ${begun.toFixed(2)} | ${stranger.toFixed(2)} |`);
    }
    const [mostExpensive] = rows as [(typeof rows)[0]];

    /** Makes honest calls one after another for ten seconds, while this body is sent fifty times per second. */
    const latency = async (sent?: PageCall) => {
      const times: number[] = [];
      const until = performance.now() + 10_000;
      const strangers: Promise<unknown>[] = [];
      let isOver = false;
      const flood = (async () => {
        while (sent && !isOver) {
          strangers.push(call(relay.url, sent, strange));
          await wait(20);
        }
      })();
      while (performance.now() < until) times.push((await call(relay.url, honest)).took);
      isOver = true;
      await flood;
      await Promise.all(strangers);
      return summarise(times);
    };
    console.log('\n| honest calls | median, ms | p99, ms | worst, ms |\n|---|---|---|---|');
    const { route, body } = mostExpensive.each;
    for (const [what, sent] of [
      ['alone', undefined],
      ['beside 50 of the most expensive per second, without a cookie', { route, body }],
      ['beside 50 of the most expensive per second, with a cookie', { route, body, cookie }],
    ] as const) {
      const { median, p99, worst } = await latency(sent);
      console.log(`| ${what} | ${median.toFixed(1)} | ${p99.toFixed(1)} | ${worst.toFixed(1)} |`);
    }
  } finally {
    stopAll([verify, relay]);
    strange.destroy();
    agent.destroy();
  }
});
