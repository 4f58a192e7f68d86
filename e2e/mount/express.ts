import { getRequestListener } from '@hono/node-server';
import type { Express } from 'express';

/** Call it before `app.use(express.json())`, which would leave the relay no body to read. */
export function mountInExpress(app: Express, relay: (request: Request) => Promise<Response>): void {
  app.use('/passkeys', getRequestListener(relay, { overrideGlobalObjects: false }));
}
