import type { Hono } from 'hono';

export function mountInHono(app: Hono, relay: (request: Request) => Promise<Response>): void {
  app.all('/passkeys/*', (context) => relay(context.req.raw));
}
