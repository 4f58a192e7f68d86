/** The guide's `fetch`, which keeps the connection to Verify, and what happens to a ceremony if it is dropped. */
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { serve } from '@hono/node-server';
import { expect, test } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import type { RelayConfig } from 'verify-passkeys/relay';
import { settings } from '../play-verify.ts';
import { importBlock } from '../readme.ts';
import { ada, openBrowser, setUp } from './stage.ts';

test('a kept connection serves a whole ceremony, and one that is dropped never makes the relay send a call twice', async () => {
  const { fetchVerify } = await importBlock<{ fetchVerify: NonNullable<RelayConfig['fetch']> }>(
    'keepAliveTimeout',
  );
  const emulator = createEmulator(settings);
  const arrived: string[] = [];
  let connections = 0;
  let breaks = '';
  const server = serve({
    async fetch(request: Request, { incoming }: { incoming: { socket: Socket } }) {
      const route = request.url.split('/').at(-1)!;
      arrived.push(route);
      // The call has arrived, and nobody learns whether Verify has acted on it.
      if (route === breaks) incoming.socket.destroy();
      const { method, headers } = request;
      return emulator.fetch(request.url, { method, headers, body: await request.text() });
    },
    port: 0,
    hostname: 'localhost',
  }) as Server;
  server.keepAliveTimeout = 600_000; // However slow the machine is, only this test closes a connection.
  server.on('connection', () => connections++);
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { relay } = setUp({
    relay: { fetch: (request) => fetchVerify(new Request(base + new URL(request.url).pathname, request)) },
  });
  const browser = openBrowser({ relay }, ada);
  const passkey = await browser.register();
  const signIn = async (between?: () => void) => {
    const { challenge } = await browser.begin('Challenges');
    between?.();
    arrived.length = 0;
    return browser.post('ApproveChallenge', await passkey.sign(challenge));
  };

  expect(await signIn()).toMatchObject({ status: 200 });
  expect(connections).toBe(1);
  // Closed while it was idle: the next call opens another one.
  expect(await signIn(() => server.closeIdleConnections())).toMatchObject({ status: 200 });
  expect(connections).toBeGreaterThan(1);
  expect(arrived).toEqual(['ApproveChallenge']);
  // Closed as the call arrives: it is not repeated, and the user begins again.
  breaks = 'ApproveChallenge';
  expect(await signIn()).toMatchObject({ status: 502, body: { code: 'verify_unreachable' } });
  expect(arrived).toEqual(['ApproveChallenge']);
  breaks = '';
  expect(await signIn()).toMatchObject({ status: 200 });
  server.closeAllConnections();
  server.close();
});
