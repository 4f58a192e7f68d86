/**
 * One relay in a process of its own, over Redis: `node process.mjs <redis URL> <Verify's address> <settings>`.
 * It says on standard output on which port it listens.
 */
import { serve } from '@hono/node-server';
import { createClient, createKeyv } from '@keyv/redis';
import { createRelay } from 'verify-passkeys/relay';

const [url, verify, settings] = process.argv.slice(2);
// Cut off, Redis is told at once by an error: it neither waits in a queue nor seems to know nobody.
const redis = createClient({ url, disableOfflineQueue: true });
await redis.on('error', () => {}).connect();
const storage = createKeyv(redis, { throwOnErrors: true });
storage.on('error', () => {});

const relay = createRelay({
  ...JSON.parse(settings),
  storage,
  identify: (request, step) => {
    const identity = /\bsession=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
    return step === 'authenticate' || !identity ? null : { identity };
  },
  onApproved: ({ identity, challengeSid }) => {
    // Whoever started this process with a channel to it hears of each approval.
    process.send?.({ identity, challengeSid });
    return { 'set-cookie': `session=${identity}; HttpOnly` };
  },
  fetch: (request) => fetch(new Request(verify + new URL(request.url).pathname, request)),
});

const server = serve({ fetch: relay, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  console.log(String(port)),
);
server.keepAliveTimeout = 60_000;
