/** What the relay costs, beside a bare proxy that only adds the Authorization header: same upstream, in turns. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';

const atOnce = 32;
const rounds = 20;
const perRound = 1000;
const steady = 100_000;

type Started = { process: ChildProcess; url: string };

async function start(role: 'verify' | 'bare' | 'relay', upstream = ''): Promise<Started> {
  const script = fileURLToPath(new URL('relay-server.mjs', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', script, role, upstream], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  return { process: child, url: `http://127.0.0.1:${Number(port)}` };
}

const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

/** One call; milliseconds until the answer was whole. */
function call(url: string): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { origin: url, 'content-type': 'application/json' };
    request(`${url}/passkeys/Challenges`, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 201) reject(new Error(`HTTP ${response.statusCode}`));
      response.resume().on('end', () => resolve(performance.now() - began));
    })
      .on('error', reject)
      .end('{}');
  });
}

/** The milliseconds of each of `count` calls, `atOnce` of them under way at any time. */
async function load(url: string, count: number): Promise<number[]> {
  const times: number[] = [];
  let left = count;
  const next = async () => {
    while (left-- > 0) times.push(await call(url));
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return times;
}

function summarise(times: number[], seconds: number) {
  const sorted = times.toSorted((a, b) => a - b);
  return { perSecond: times.length / seconds, p99: sorted[Math.floor(sorted.length * 0.99)]! };
}

const megabytes = async (url: string) => Number(await (await fetch(url)).json()) / 1e6;

test("the relay makes half of a bare proxy's calls or more, and its heap stays flat over 100,000", async () => {
  const verify = await start('verify');
  const servers = { bare: await start('bare', verify.url), relay: await start('relay', verify.url) };
  const measured = {
    bare: { times: [] as number[], seconds: 0 },
    relay: { times: [] as number[], seconds: 0 },
  };
  try {
    for (const { url } of Object.values(servers)) await load(url, 2 * perRound);
    for (let round = 0; round < rounds; round++) {
      for (const name of ['bare', 'relay'] as const) {
        const began = performance.now();
        measured[name].times.push(...(await load(servers[name].url, perRound)));
        measured[name].seconds += (performance.now() - began) / 1000;
      }
    }
    const bare = summarise(measured.bare.times, measured.bare.seconds);
    const relay = summarise(measured.relay.times, measured.relay.seconds);
    const before = await megabytes(servers.relay.url);
    await load(servers.relay.url, steady);
    const after = await megabytes(servers.relay.url);
    const row = ({ perSecond, p99 }: typeof bare) => ({
      'calls/s': Math.round(perSecond),
      'p99 ms': Number(p99.toFixed(1)),
    });
    console.table({ 'bare proxy': row(bare), relay: row(relay) });
    console.log(`relay / bare proxy: ${(relay.perSecond / bare.perSecond).toFixed(2)}`);
    console.log(`heap: ${before.toFixed(1)} MB, after ${steady} more calls ${after.toFixed(1)} MB`);
    expect(relay.perSecond / bare.perSecond).toBeGreaterThan(0.5);
    expect(after - before).toBeLessThan(8);
  } finally {
    for (const { process } of [verify, ...Object.values(servers)]) process.kill();
    agent.destroy();
  }
});
