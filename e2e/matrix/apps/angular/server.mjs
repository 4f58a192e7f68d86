import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { relay, session } from './relay.mjs';

const app = new Hono();
app.all('/passkeys/*', ({ req }) => relay(req.raw));
app.all('/session', ({ req }) => session(req.raw));
app.get('*', serveStatic({ root: './dist/browser' }));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: 'localhost' });
