/** The demo's application: its own session, in which users sign in with a passkey alone, and the relay. */
import { randomBytes, randomUUID } from 'node:crypto';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, generateSignedCookie, setSignedCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import { parseSigned } from 'hono/utils/cookie';
import { createRelay } from 'verify-passkeys/relay';
import type { openStore } from './store.ts';
import type { Upstream } from './upstream.ts';

const session = 'demo-session';
const cookie = { path: '/', httpOnly: true, sameSite: 'Strict', maxAge: 30 * 86_400 } as const;
const self = ["'self'"];

export function createApp(
  origin: string,
  { talksTo, account }: Upstream,
  store: ReturnType<typeof openStore>,
  pages: string,
): Hono {
  const users = store('user');
  const secret = (users.get('secret') as string | undefined) ?? randomBytes(32).toString('base64url');
  users.set('secret', secret);

  /** Finds the user of the session's cookie. All that the demo knows about a user is a name. */
  const find = async (request: Request) => {
    const sent = request.headers.get('cookie') ?? '';
    const { [session]: identity } = await parseSigned(sent, secret, session);
    const name = identity ? users.get(identity) : undefined;
    return identity && typeof name === 'string' ? { identity, userName: name, displayName: name } : null;
  };

  const relay = createRelay({
    ...account,
    cookieSecret: secret,
    origins: [origin],
    storage: store(`relay ${talksTo}`),
    identify: (request, step) => (step === 'authenticate' ? null : find(request)),
    async onApproved({ identity }) {
      return { 'set-cookie': await generateSignedCookie(session, identity, secret, cookie) };
    },
  });

  return (
    new Hono()
      .use(
        secureHeaders({
          contentSecurityPolicy: {
            defaultSrc: ["'none'"],
            scriptSrc: self,
            styleSrc: self,
            connectSrc: self,
            imgSrc: ["'self'", 'data:'],
            workerSrc: self,
            formAction: ["'none'"],
            baseUri: ["'none'"],
            frameAncestors: ["'none'"],
          },
        }),
      )
      .get('/session', async (c) => {
        const who = await find(c.req.raw);
        return c.json({ talksTo, name: who?.userName ?? null });
      })
      // There is no password: typing a name creates an account with that name, and a passkey keeps it.
      .post('/session', bodyLimit({ maxSize: 1024 }), async (c) => {
        if (c.req.header('origin') !== origin) return c.json({ code: 'forbidden_origin' }, 403);
        // The body may be any JSON, even `null`.
        const { name } = Object(await c.req.json().catch(() => null)) as { name?: unknown };
        if (typeof name !== 'string' || name.length < 1 || name.length > 64) {
          return c.json(
            { code: 'invalid_name', message: 'A name has 1 to 64 characters.', status: 400 },
            400,
          );
        }
        const identity = randomUUID();
        users.set(identity, name);
        await setSignedCookie(c, session, identity, secret, cookie);
        return c.json({ talksTo, name }, 201);
      })
      .delete('/session', (c) => {
        if (c.req.header('origin') !== origin) return c.json({ code: 'forbidden_origin' }, 403);
        deleteCookie(c, session, { path: '/' });
        return c.json({ talksTo, name: null });
      })
      .all('/passkeys/*', (c) => relay(c.req.raw))
      .get('*', serveStatic({ root: pages }))
  );
}
