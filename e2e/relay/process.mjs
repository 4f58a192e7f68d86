/**
 * One relay in its own process, over Redis: `node process.mjs <redis URL> <Verify's address> <settings>`.
 * It prints its port on standard output.
 */
import { serve } from '@hono/node-server';
import { createClient } from 'redis';
import { createRelay } from 'verify-passkeys/relay';

const [url, verify, settings] = process.argv.slice(2);
// When Redis is cut off, a call fails at once instead of waiting in a queue.
const redis = createClient({ url, disableOfflineQueue: true });
await redis.on('error', () => {}).connect();
const storage = {
  get: (key) => redis.get(key),
  set: (key, value) => redis.set(key, value),
  delete: (key) => redis.del(key),
};

const relay = createRelay({
  ...JSON.parse(settings),
  storage,
  identify: (request, step) => {
    const identity = /\bsession=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
    return step === 'authenticate' || !identity ? null : { identity };
  },
  onApproved: ({ identity, challengeSid }) => {
    // A parent process with an IPC channel gets each approval.
    process.send?.({ identity, challengeSid });
    return { 'set-cookie': `session=${identity}; HttpOnly` };
  },
  fetch: (request) => fetch(new Request(verify + new URL(request.url).pathname, request)),
});

const server = serve({ fetch: relay, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  console.log(String(port)),
);
server.keepAliveTimeout = 60_000;
