/** The relay in the servers of the README: a passkey is created and signs in, over real HTTP if there is a server. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { expect, test } from '@playwright/test';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { type FastifyInstance, fastify } from 'fastify';
import { createApp, type EventHandler, toWebHandler } from 'h3';
import { Hono } from 'hono';
import { createEmulator } from 'verify-passkeys/emulator';
import type { RelayStorage } from 'verify-passkeys/relay';
import { settings as verifySettings } from '../play-verify.ts';
import { findPostgres, noPostgres, startPostgres } from '../postgres.ts';
import { importBlock } from '../readme.ts';
import { findRedis, startRedis } from '../redis.ts';
import { page } from '../software-authenticator.ts';
import { cookieSecret, serviceSid } from '../world.ts';
import { ada, at, openBrowser, type Relay, refused, sessionOf, setUp } from './stage.ts';

const apiKey = `SK${'a'.repeat(32)}`;
const apiKeySecret = 'the-secret-of-the-key';

/** Calls a server as a browser would, through a proxy that ends TLS. */
async function over<T>(listener: RequestListener, work: (relay: Relay) => Promise<T>): Promise<T> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await work((request) =>
      fetch(new Request(`http://127.0.0.1:${port}${new URL(request.url).pathname}`, request)),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function registerAndSignIn(relay: Relay) {
  const passkey = await openBrowser({ relay }, ada).register();
  expect(await openBrowser({ relay }).signIn(passkey)).toMatchObject({
    status: 200,
    body: { identity: ada },
  });
  const { body } = await openBrowser({ relay }, ada).send('GET', 'Factors');
  expect(body.factors).toMatchObject([{ sid: passkey.sid }]);
  const removed = await openBrowser({ relay }, ada).send('DELETE', `Factors/${passkey.sid}`);
  expect(removed.status).toBe(200);
}

const origins = [page.origin];
const noRedis = "redis-server is not on PATH and could not be installed from the system's packages";

type Mount<App> = (app: App, relay: Relay) => unknown;
let mount: { mountInHono: Mount<Hono>; mountInExpress: Mount<Express> };
/** A request handler that a guide's file exports. It uses the README's relay. */
type Handler = (event: { request: Request }) => Promise<Response>;
let behind: { mountBehindBodyParser(app: Express, relay: Relay, origin: string): unknown };
let open: {
  openRedis(url: string): RelayStorage;
  openPostgres(url: string): RelayStorage;
};
const printError = console.error;
test.afterAll(() => {
  console.error = printError;
});
test.beforeAll(async () => {
  // The guide's stores print each lost connection to the console.
  console.error = () => {};
  mount = await importBlock('mountInHono');
  behind = await importBlock('mountBehindBodyParser');
  open = await importBlock('openRedis');
});

test('a passkey is made and signs in through the relay in Hono', async () => {
  const app = new Hono();
  mount.mountInHono(app, setUp({ relay: { origins } }).relay);
  await over(getRequestListener(app.fetch), registerAndSignIn);
});

test('a passkey is made and signs in through the relay in Express, before its own body parser', async () => {
  const app = express();
  mount.mountInExpress(app, setUp({ relay: { origins } }).relay);
  app.use(express.json());
  app.post('/other', (request, response) => void response.json(request.body));
  await over(app, async (relay) => {
    await registerAndSignIn(relay);
    const other = await relay(
      new Request(`${page.origin}/other`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"a":1}',
      }),
    );
    expect(await other.json()).toEqual({ a: 1 });
  });
});

test('a passkey is made and signs in through the relay behind a body parser, given the body that it parsed', async () => {
  const app = express().use(express.json());
  behind.mountBehindBodyParser(app, setUp({ relay: { origins } }).relay, page.origin);
  await over(app, registerAndSignIn);
});

test('behind a body parser, too, the app may set cookies, and its error goes to the error handler of Express', async () => {
  const app = express().use(express.json());
  let isDown = false;
  const { relay } = setUp({
    relay: {
      origins,
      identify: (request) => {
        if (isDown) throw new Error('the session store at 10.0.0.7 is down');
        return sessionOf(request);
      },
      onApproved: () => ({ 'set-cookie': 'session=new; Path=/' }),
    },
  });
  behind.mountBehindBodyParser(app, relay, page.origin);
  const handled: unknown[] = [];
  const handle: ErrorRequestHandler = (error, _, response, _next) => {
    handled.push(error);
    response.status(500).json({});
  };
  app.use(handle);
  await over(app, async (served) => {
    const passkey = await openBrowser({ relay: served }, ada).register();
    const { headers } = await openBrowser({ relay: served }).signIn(passkey);
    expect(headers.getSetCookie()).toEqual(['session=new; Path=/', expect.stringContaining('Max-Age=0')]);
    isDown = true;
    expect((await openBrowser({ relay: served }, ada).post('Factors', {})).status).toBe(500);
  });
  expect(handled).toEqual([expect.objectContaining({ message: expect.stringContaining('10.0.0.7') })]);
});

test('if a body parser has read the body, the refusal names a body parser as the likely cause', async () => {
  const app = express().use(express.json());
  mount.mountInExpress(app, setUp({ relay: { origins } }).relay);
  await over(app, async (relay) => {
    const answer = await openBrowser({ relay }, ada).post('Factors', { friendly_name: 'Laptop' });
    expect(answer).toMatchObject(refused(400, 60306));
    expect(answer.body.message).toContain('a body parser');
    expect(answer.body.issues[0].fix).toContain('JSON.stringify');
  });
});

test('an error from identify() tells the page of an Express server nothing', async () => {
  const app = express();
  const relay = setUp({
    relay: {
      origins,
      identify: () => {
        throw new Error('the session store at 10.0.0.7 is down');
      },
    },
  }).relay;
  mount.mountInExpress(app, relay);
  const said = await over(app, async (served) => {
    const headers = { origin: page.origin, 'content-type': 'application/json' };
    const response = await served(
      new Request(`${page.origin}/passkeys/Factors`, { method: 'POST', headers, body: '{}' }),
    );
    return { status: response.status, text: await response.text() };
  });
  expect(said.status).toBe(500);
  expect(said.text).not.toContain('10.0.0.7');
});

/** Makes the global fetch call an emulator, since a test cannot pass settings to these handlers. */
async function withVerify(work: () => Promise<void>): Promise<void> {
  const real = globalThis.fetch;
  const emulator = createEmulator({ ...verifySettings, accountSid: apiKey, authToken: apiKeySecret });
  globalThis.fetch = (input, init) => emulator.fetch(input, init);
  try {
    await work();
  } finally {
    globalThis.fetch = real;
  }
}

test('a passkey is made and signs in through the relay in Fastify, beside its own body parser', async () => {
  const { mountInFastify } = await importBlock<{ mountInFastify: Mount<FastifyInstance> }>('mountInFastify');
  const app = fastify();
  mountInFastify(app, setUp({ relay: { origins } }).relay);
  app.post('/other', async (request) => request.body);
  await app.ready();
  await over(
    (request, response) => app.routing(request, response),
    async (relay) => {
      await registerAndSignIn(relay);
      const headers = { 'content-type': 'application/json' };
      const other = await relay(
        new Request(`${page.origin}/other`, { method: 'POST', headers, body: '{"a":1}' }),
      );
      expect(await other.json()).toEqual({ a: 1 });
    },
  );
  await app.close();
});

const environment = {
  TWILIO_VERIFY_SERVICE_SID: serviceSid,
  TWILIO_API_KEY: apiKey,
  TWILIO_API_KEY_SECRET: apiKeySecret,
  COOKIE_SECRET: cookieSecret,
  ORIGINS: `https://example.com,${page.origin}`,
  DATABASE_URL: 'postgres://127.0.0.1:1/nobody-listens-here',
};

/** The README's relay as each framework passes requests to it. */
const frameworks: { name: string; text: string; toRelay: (exported: never) => Relay }[] = [
  {
    name: 'Next.js',
    text: 'relay as DELETE',
    toRelay: (handlers: Record<string, Relay>) => (request) => handlers[request.method]!(request),
  },
  {
    name: 'SvelteKit',
    text: '+server.ts',
    toRelay:
      ({ fallback }: { fallback: Handler }) =>
      (request) =>
        fallback({ request }),
  },
  {
    name: 'Nuxt',
    text: 'toWebRequest',
    toRelay: ({ default: handler }: { default: EventHandler }) =>
      toWebHandler(createApp().use(handler)) as Relay,
  },
  {
    name: 'Astro',
    text: 'prerender',
    toRelay:
      ({ ALL }: { ALL: Handler }) =>
      (request) =>
        ALL({ request }),
  },
  {
    name: 'React Router',
    text: 'action = loader',
    toRelay:
      ({ loader, action }: { loader: Handler; action: Handler }) =>
      (request) =>
        (request.method === 'GET' ? loader : action)({ request }),
  },
  {
    name: 'AWS Lambda',
    text: 'aws-lambda',
    toRelay:
      ({ handler }: { handler: (event: object) => Promise<LambdaAnswer> }) =>
      async (request) =>
        fromLambda(await handler(await toLambda(request))),
  },
  {
    name: 'Vercel functions',
    text: 'api/passkeys/[name].ts',
    toRelay: (handlers: Record<string, Relay>) => (request) => handlers[request.method]!(request),
  },
  {
    name: 'Vercel functions, below Factors',
    text: 'Factors/[sid].ts',
    toRelay: (handlers: Record<string, Relay>) => (request) => handlers[request.method]!(request),
  },
];

type LambdaAnswer = {
  statusCode: number;
  headers: Record<string, string>;
  cookies?: string[];
  body: string;
  isBase64Encoded: boolean;
};

/** An event of an HTTP API, format 2.0. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
async function toLambda(request: Request): Promise<object> {
  const { host, pathname } = new URL(request.url);
  const { cookie = '', ...headers } = Object.fromEntries(request.headers);
  return {
    version: '2.0',
    rawPath: pathname,
    rawQueryString: '',
    headers: { ...headers, host },
    cookies: cookie ? cookie.split('; ') : [],
    requestContext: { domainName: host, http: { method: request.method, path: pathname } },
    body: Buffer.from(await request.arrayBuffer()).toString('base64'),
    isBase64Encoded: true,
  };
}

function fromLambda({ statusCode, headers, cookies = [], body, isBase64Encoded }: LambdaAnswer): Response {
  const answer = new Headers(headers);
  for (const cookie of cookies) answer.append('set-cookie', cookie);
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  return new Response(statusCode === 204 ? null : bytes, { status: statusCode, headers: answer });
}

for (const { name, text, toRelay } of frameworks) {
  test(`README's relay answers as the handlers of ${name}, and needs no environment before its first request`, async () => {
    for (const variable of Object.keys(environment)) delete process.env[variable];
    // The app's own sessions, which the README leaves to the reader.
    Object.assign(globalThis, { sessions: { find: async () => null } });
    const relay = toRelay((await importBlock(text)) as never);
    Object.assign(process.env, environment);
    await withVerify(async () => {
      const browser = openBrowser({ relay }, ada);
      expect((await browser.begin('Challenges')).challenge).toMatch(/^WU[MN]/);
      expect(await browser.post('Factors', {})).toMatchObject(refused(401, 'not_signed_in'));
      expect(await browser.send('GET', 'Factors')).toMatchObject(refused(401, 'not_signed_in'));
      const preflight = new Request(`${page.origin}/passkeys/Factors`, {
        method: 'OPTIONS',
        headers: { origin: page.origin, 'access-control-request-method': 'POST' },
      });
      expect((await relay(preflight)).status).toBe(204);
    });
  });
}

test("README's relay names a variable that is missing, and starts a session by a whole Set-Cookie value", async () => {
  test.skip(!findPostgres(), noPostgres);
  const postgres = await startPostgres();
  const user = { id: ada, email: 'ada@example.com', name: 'Ada Lovelace' };
  const started = { find: async () => user, start: async (id: string) => `of-${id}` };
  Object.assign(globalThis, { sessions: started });
  const { relay } = await importBlock<{ relay: Relay }>('export const relay');
  Object.assign(process.env, environment, { DATABASE_URL: postgres.url });
  delete process.env.TWILIO_API_KEY;
  const call = new Request(`${page.origin}/passkeys/Challenges`, { method: 'POST' });
  expect(() => relay(call)).toThrow('TWILIO_API_KEY');
  process.env.TWILIO_API_KEY = apiKey;
  await withVerify(async () => {
    const passkey = await openBrowser({ relay }, ada).register();
    const { headers } = await openBrowser({ relay }).signIn(passkey);
    expect(headers.getSetCookie()).toContain(`session=of-${ada}; Path=/; HttpOnly; Secure; SameSite=Lax`);
  });
  await postgres.stop();
});

test('a passkey signs in through the relay as a Cloudflare Worker, over Workers KV', async () => {
  const { worker } = await importBlock<{
    worker: { fetch(request: Request, env: object, context: object): Promise<Response> };
  }>('PASSKEYS');
  const kept = new Map<string, string>();
  const env = {
    TWILIO_VERIFY_SERVICE_SID: serviceSid,
    TWILIO_API_KEY: apiKey,
    TWILIO_API_KEY_SECRET: apiKeySecret,
    COOKIE_SECRET: cookieSecret,
    PASSKEYS: {
      get: async (key: string) => kept.get(key) ?? null,
      put: async (key: string, value: string) => void kept.set(key, value),
      delete: async (key: string) => void kept.delete(key),
    },
  };
  // The passkey was created elsewhere, since this Worker's users only sign in.
  const storage = {
    get: env.PASSKEYS.get,
    set: env.PASSKEYS.put,
    delete: env.PASSKEYS.delete,
  };
  await withVerify(async () => {
    const account = { accountSid: undefined, authToken: undefined, apiKey, apiKeySecret };
    const elsewhere = setUp({
      relay: { ...account, storage, fetch: (request: Request) => globalThis.fetch(request) } as never,
    });
    const passkey = await openBrowser(elsewhere, ada).register();
    const awaited: Promise<unknown>[] = [];
    const context = { waitUntil: (promise: Promise<unknown>) => awaited.push(promise) };
    const relay = (request: Request) => worker.fetch(request, env, context);
    const answer = await openBrowser({ relay }).signIn(passkey);
    expect(answer).toMatchObject({ status: 200, body: { identity: ada } });
    expect(await Promise.all(awaited)).toEqual([expect.any(Response), expect.any(Response)]);
  });
});

test('over a Workers KV that finds a value only a minute later, a sign-in within that minute relies on Verify', async () => {
  const kept = new Map<string, { value: string; from: number }>();
  const storage = {
    get: async (key: string) => {
      const { value, from } = kept.get(key) ?? { value: null, from: 0 };
      return Date.now() > from ? value : null;
    },
    set: async (key: string, value: string) => void kept.set(key, { value, from: Date.now() + 60_000 }),
    delete: async (key: string) => void kept.delete(key),
  };
  const stage = setUp({ relay: { storage } });
  // Until KV has shown once that it keeps something, no passkey is made.
  await expect(openBrowser(stage, ada).register()).rejects.toThrow('storage_unavailable');
  await at(61, async () => {
    const passkey = await openBrowser(stage, ada).register();
    expect((await openBrowser(stage).signIn(passkey)).status).toBe(200);
    expect(stage.approvals.pop()).toMatchObject({ identity: ada, remembered: false });
    await at(61, () => openBrowser(stage).signIn(passkey));
    expect(stage.approvals.pop()).toMatchObject({ identity: ada, remembered: true });
  });
});

/** Tries until the store is back, since its client needs some time to notice. */
const untilBack = (work: () => Promise<unknown>) => expect(work).toPass({ timeout: 30_000 });

/** A relay over a store that may be down. It creates a passkey, and expects that the passkey signs in or fails. */
function throughStore(storage: RelayStorage) {
  const { relay } = setUp({ relay: { storage, timeout: 3000 } });
  const signIn = (passkey: Passkey) => openBrowser({ relay }).signIn(passkey);
  return {
    register: () => openBrowser({ relay }, ada).register(),
    succeeds: async (passkey: Passkey) =>
      expect(await signIn(passkey)).toMatchObject({ status: 200, body: { identity: ada } }),
    fails: async (passkey: Passkey) =>
      expect(await signIn(passkey)).toMatchObject(refused(503, 'storage_unavailable')),
  };
}

type Passkey = Awaited<ReturnType<ReturnType<typeof openBrowser>['register']>>;

for (const { name, isHere, why, start, open: openName } of [
  { name: 'Postgres', isHere: findPostgres, why: noPostgres, start: startPostgres, open: 'openPostgres' },
  { name: 'Redis', isHere: findRedis, why: noRedis, start: startRedis, open: 'openRedis' },
] as const) {
  test(`the guide's store over ${name} works though ${name} was down at boot, and comes back after its restart`, async () => {
    test.skip(!isHere(), why);
    const server = await start();
    try {
      await server.crash();
      const relay = throughStore(open[openName](server.url));
      await expect(relay.register()).rejects.toThrow();
      await server.restart();
      let passkey: Passkey | undefined;
      await untilBack(async () => {
        passkey = await relay.register();
      });
      await untilBack(() => relay.succeeds(passkey!));
      await server.crash();
      await relay.fails(passkey!);
      await server.restart();
      await untilBack(() => relay.succeeds(passkey!));
    } finally {
      await server.stop();
    }
  });
}

test("the guide's store over Redis says that it cannot be reached while Redis is frozen, and works again", async () => {
  test.skip(!findRedis(), noRedis);
  const redis = await startRedis();
  try {
    const relay = throughStore(open.openRedis(redis.url));
    let passkey: Passkey | undefined;
    await untilBack(async () => {
      passkey = await relay.register();
    });
    redis.freeze();
    await relay.fails(passkey!);
    redis.thaw();
    await untilBack(() => relay.succeeds(passkey!));
  } finally {
    redis.thaw();
    await redis.stop();
  }
});
