import { getRequestListener } from '@hono/node-server';
import { fastify } from 'fastify';
import { page } from './page.mjs';
import { relay, session } from './relay.mjs';

const app = fastify();
const mount = (path, handler) =>
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    const listener = getRequestListener(handler, { overrideGlobalObjects: false });
    scope.all(path, (request, reply) => {
      reply.hijack();
      return listener(request.raw, reply.raw);
    });
  });
mount('/passkeys/*', relay);
mount('/session', session);
mount('/sdk.js', page);
mount('/', page);
await app.listen({ port: Number(process.env.PORT), host: 'localhost' });
