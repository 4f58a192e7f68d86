import { getRequestListener } from '@hono/node-server';
import { bodyParser } from '@koa/bodyparser';
import Koa from 'koa';
import { page } from './page.mjs';
import { relay, session } from './relay.mjs';

const mount = (path, handler) => {
  const listener = getRequestListener(handler, { overrideGlobalObjects: false });
  return (context, next) => {
    if (!context.path.startsWith(path)) return next();
    context.respond = false;
    return listener(context.req, context.res);
  };
};
const app = new Koa();
app.use(mount('/passkeys/', relay));
app.use(bodyParser());
app.use(mount('/session', session));
app.use(mount('/', page));
app.listen(process.env.PORT, 'localhost');
