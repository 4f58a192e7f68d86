import { page } from './page.mjs';
import { relay, session } from './relay.mjs';

Bun.serve({
  port: Number(process.env.PORT),
  hostname: 'localhost',
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/passkeys/')) return relay(request);
    return pathname === '/session' ? session(request) : page(request);
  },
});
