import { getRequestListener } from '@hono/node-server';
import express from 'express';
import { page } from './page.mjs';
import { relay, session } from './relay.mjs';

const listen = (handler) => getRequestListener(handler, { overrideGlobalObjects: false });
const app = express();
app.use('/passkeys', listen(relay));
app.use(express.json());
app.use('/session', listen(session));
app.use(listen(page));
app.listen(process.env.PORT, 'localhost');
