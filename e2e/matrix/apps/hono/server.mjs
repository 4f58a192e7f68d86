import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { page } from './page.mjs';
import { relay, session } from './relay.mjs';

const app = new Hono();
app.all('/passkeys/*', ({ req }) => relay(req.raw));
app.all('/session', ({ req }) => session(req.raw));
app.get('*', ({ req }) => page(req.raw));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: 'localhost' });
