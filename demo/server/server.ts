/** Serves the demo on localhost: the page, its session, and the relay in front of the emulator or real Verify. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createApp } from './app.ts';
import { openStore } from './store.ts';
import { chooseUpstream } from './upstream.ts';

const cache = 'node_modules/.cache/demo';
const { PORT = '5173', DEMO_DATA = '.demo-state.json' } = process.env;

/** Ends the process with one line about the setting that is wrong or the port that is taken. */
function leave(error: NodeJS.ErrnoException): never {
  const isTaken = error.code === 'EADDRINUSE';
  console.error(isTaken ? `Port ${PORT} is taken: name another in PORT.` : error.message);
  process.exit(1);
}

if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535) {
  leave(new TypeError(`PORT must be a number from 0 to 65535, and not "${PORT}".`));
}

// The relying party needs the origin, which is known only once the server listens.
let answer = async (_request: Request) => new Response('starting', { status: 503 });
const server = serve({ fetch: (request) => answer(request), port: Number(PORT), hostname: 'localhost' });
server.once('error', leave);
server.once('listening', () => {
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  try {
    const store = openStore(DEMO_DATA);
    const upstream = chooseUpstream(process.env, origin, store('emulator'));
    const app = createApp(origin, upstream, store, `${cache}/page`);
    answer = async (request) => app.fetch(request);
    const { talksTo, account } = upstream;
    const whom = talksTo === 'verify' ? `Twilio Verify, Service ${account.serviceSid}` : 'the emulator';
    console.log(`The demo is at ${origin} and talks to ${whom}.`);
  } catch (error) {
    leave(error as Error);
  }
});
