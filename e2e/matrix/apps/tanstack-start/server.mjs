import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import start from './built/server/server.js';

const app = new Hono();
app.use('/assets/*', serveStatic({ root: './built/client' }));
app.all('*', ({ req }) => start.fetch(req.raw));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: 'localhost' });
