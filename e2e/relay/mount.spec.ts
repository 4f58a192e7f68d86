/** The relay in the servers that README shows: a passkey is made and signs in, over real HTTP where there is a server. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { expect, test } from '@playwright/test';
import express, { type Express } from 'express';
import { Hono } from 'hono';
import type { Keyv, KeyvStoreAdapter } from 'keyv';
import { createEmulator } from 'verify-passkeys/emulator';
import { importBlock } from '../readme.ts';
import { findRedis, startRedis } from '../redis.ts';
import { page } from '../software-authenticator.ts';
import { settings as verifySettings } from '../verify.ts';
import { cookieSecret, serviceSid } from '../world.ts';
import { ada, openBrowser, type Relay, refused, setUp } from './stage.ts';

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

type Mount<App> = (app: App, relay: Relay) => unknown;
let mount: { mountInHono: Mount<Hono>; mountInExpress: Mount<Express> };
let behind: { mountBehindBodyParser(app: Express, relay: Relay, origin: string): unknown };
let open: {
  openRedis(url: string): Promise<Keyv>;
  openSql(store: KeyvStoreAdapter): Keyv;
};
test.beforeAll(async () => {
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

test('behind a body parser that has read the body the relay says so', async () => {
  const app = express().use(express.json());
  mount.mountInExpress(app, setUp({ relay: { origins } }).relay);
  await over(app, async (relay) => {
    const answer = await openBrowser({ relay }, ada).post('Factors', { friendly_name: 'Laptop' });
    expect(answer).toMatchObject(refused(400, 60306));
    expect(answer.body.message).toContain('a body parser');
    expect(answer.body.issues[0].fix).toContain('JSON.stringify');
  });
});

test('what identify() throws tells the page of an Express server nothing', async () => {
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
  const said = await over(app, async (relay) => {
    const headers = { origin: page.origin, 'content-type': 'application/json' };
    const response = await relay(
      new Request(`${page.origin}/passkeys/Factors`, { method: 'POST', headers, body: '{}' }),
    );
    return { status: response.status, text: await response.text() };
  });
  expect(said.status).toBe(500);
  expect(said.text).not.toContain('10.0.0.7');
});

/** Lets the global fetch, which is all that a handler without settings of a test can be reached by, ask an emulator. */
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

test("the relay answers as Next.js's route handlers", async () => {
  Object.assign(process.env, {
    TWILIO_VERIFY_SERVICE_SID: serviceSid,
    TWILIO_API_KEY: apiKey,
    TWILIO_API_KEY_SECRET: apiKeySecret,
    COOKIE_SECRET: cookieSecret,
  });
  // The app's own sessions, of which README's relay says that they are yours.
  Object.assign(globalThis, { sessions: { find: async () => null } });
  const handlers = await importBlock<Record<string, Relay>>('relay as DELETE');
  const relay: Relay = (request) => handlers[request.method]!(request);
  await withVerify(async () => {
    const browser = openBrowser({ relay }, ada);
    expect((await browser.begin('Challenges')).challenge).toMatch(/^WU[MN]/);
    expect(await browser.post('Factors', {})).toMatchObject(refused(401, 'not_signed_in'));
    expect(await browser.send('GET', 'Factors')).toMatchObject(refused(401, 'not_signed_in'));
  });
});

test('a passkey signs in through the relay as a Cloudflare Worker, over Workers KV', async () => {
  const { worker } = await importBlock<{
    worker: { fetch(request: Request, env: object, context: object): Promise<Response> };
  }>('PASSKEYS');
  const kept = new Map<string, string>();
  const env = {
    SERVICE_SID: serviceSid,
    API_KEY: apiKey,
    API_KEY_SECRET: apiKeySecret,
    COOKIE_SECRET: cookieSecret,
    PASSKEYS: {
      get: async (key: string) => kept.get(key) ?? null,
      put: async (key: string, value: string) => void kept.set(key, value),
      delete: async (key: string) => void kept.delete(key),
    },
  };
  // The passkey was made elsewhere: this Worker's users sign in only.
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

test('a passkey is made and signs in with Keyv over Redis', async () => {
  test.skip(
    !findRedis(),
    "redis-server is not on PATH and could not be installed from the system's packages",
  );
  const redis = await startRedis();
  const storage = await open.openRedis(redis.url);
  await registerAndSignIn(setUp({ relay: { storage } }).relay);
  await storage.disconnect();
  await redis.stop();
});

test('a passkey is made and signs in with Keyv over another store, whose failure is told as 503', async () => {
  let works = true;
  const kept = new Map<string, string>();
  const demand = () => {
    if (!works) throw new Error('connection terminated');
  };
  const storage = open.openSql({
    opts: {},
    on() {
      return this;
    },
    get: async <T>(key: string) => {
      demand();
      return kept.get(key) as T | undefined;
    },
    set: async (key: string, value: string) => {
      demand();
      kept.set(key, value);
    },
    delete: async (key: string) => {
      demand();
      return kept.delete(key);
    },
    clear: async () => kept.clear(),
  });
  const { relay } = setUp({ relay: { storage } });
  await registerAndSignIn(relay);
  const passkey = await openBrowser({ relay }, ada).register();
  works = false;
  expect(await openBrowser({ relay }).signIn(passkey)).toMatchObject(refused(503, 'storage_unavailable'));
});
