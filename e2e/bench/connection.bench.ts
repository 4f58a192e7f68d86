/** What a call to Verify costs after the user has thought for six seconds, with and without a kept connection. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import { createRelay, type RelayConfig } from 'verify-passkeys/relay';
import { settings } from '../play-verify.ts';
import { importBlock } from '../readme.ts';
import { accountSid, authToken, cookieSecret, serviceSid } from '../world.ts';

/** Milliseconds each way. */
const delay = 50;
const pause = 6_000;
const rounds = 5;

async function listen(server: Server): Promise<number> {
  server.listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

/** Verify over TLS. It names no time for which it keeps a connection, as the real one may do. */
async function startVerify(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'verify-passkeys-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-days', '1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject],
    {
      stdio: 'ignore',
    },
  );
  const emulator = createEmulator(settings);
  const server = createHttps(
    { key: readFileSync(key), cert: readFileSync(cert) },
    async (incoming, outgoing) => {
      const { 'content-type': type = '', authorization = '' } = incoming.headers;
      const headers = { 'content-type': type, authorization };
      const body = Buffer.concat(await incoming.toArray());
      const url = `https://localhost${incoming.url}`;
      const answer = await emulator.fetch(url, { method: incoming.method!, headers, body });
      outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    },
  );
  server.keepAliveTimeout = 0;
  return listen(server);
}

/** The way to a port, which takes `delay` for each piece of data in each direction. */
function startWay(port: number): Promise<number> {
  const pass = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), delay));
    from.on('close', () => setTimeout(() => to.destroy(), delay));
    from.on('error', () => {});
  };
  return listen(
    createServer((near) => {
      const far = connect(port, 'localhost');
      pass(near, far);
      pass(far, near);
    }),
  );
}

test('a call to Verify after a pause of six seconds, with and without a kept connection', async () => {
  // The certificate is this bench's own.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  const { fetchVerify } = await importBlock<{ fetchVerify: NonNullable<RelayConfig['fetch']> }>(
    'keepAliveTimeout',
  );
  const base = `https://localhost:${await startWay(await startVerify())}`;
  const start = (send: NonNullable<RelayConfig['fetch']>) =>
    createRelay({
      ...{ serviceSid, accountSid, authToken, cookieSecret, storage: new Map() },
      identify: () => null,
      fetch: (request) => send(new Request(base + new URL(request.url).pathname, request)),
    });
  const rows = [
    { name: "Node's fetch", relay: start((request) => fetch(request)), times: [] as number[] },
    { name: 'fetchVerify', relay: start(fetchVerify), times: [] as number[] },
  ];
  const url = 'http://localhost:3000/passkeys/Challenges';
  const headers = { 'content-type': 'application/json', origin: 'http://localhost:3000' };
  const begin = async (relay: (typeof rows)[0]['relay']) => {
    const began = performance.now();
    const { status } = await relay(new Request(url, { method: 'POST', headers, body: '{}' }));
    expect(status).toBe(201);
    return performance.now() - began;
  };
  for (const { relay } of rows) await begin(relay);
  for (let round = 0; round < rounds; round++) {
    await wait(pause);
    for (const { relay, times } of rows) times.push(await begin(relay));
  }
  console.log(`\n| the relay's fetch | call after ${pause / 1000} seconds, ms |\n|---|---|`);
  for (const { name, times } of rows) {
    console.log(`| ${name} | ${times.toSorted((a, b) => a - b)[rounds >> 1]!.toFixed(0)} |`);
  }
});
