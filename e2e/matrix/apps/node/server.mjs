import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { page } from './page.mjs';
import { relay, session } from './relay.mjs';

const listener = getRequestListener((request) => {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith('/passkeys/')) return relay(request);
  return pathname === '/session' ? session(request) : page(request);
});
createServer(listener).listen(process.env.PORT, 'localhost');
