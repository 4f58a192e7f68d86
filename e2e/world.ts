/** The world of a test: a real page, relay and emulator on one server with its own port. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Issue, Rejection } from 'verify-passkeys';
import { createEmulator, type EmulatorConfig } from 'verify-passkeys/emulator';
import { createRelay, type RelayConfig } from 'verify-passkeys/relay';

export const serviceSid = `VA${'1'.repeat(32)}`;
export const accountSid = `AC${'2'.repeat(32)}`;
export const authToken = 'the-auth-token-of-the-account';
export const cookieSecret = 'a secret of at least 32 characters';
export const identity = '6f1d4f0e-0b0a-4f0e-9a52-2f2b3c4d5e6f';

/** The Service for pages of this origin, with the account. */
export const serviceFor = (origin: string): EmulatorConfig => ({
  serviceSid,
  accountSid,
  authToken,
  relyingParty: { id: 'localhost', name: 'Test', origins: [origin] },
  // Firefox's virtual authenticator is not a platform authenticator.
  authenticatorAttachment: 'any',
  discoverableCredentials: 'required',
  userVerification: 'preferred',
});

/** One call of the relay to Verify. */
export type Upstream = { method: string; path: string; headers: Record<string, string>; body: string };

export type World = {
  origin: string;
  /** Every call of the relay to Verify, in order. */
  upstream: Upstream[];
  /** Calls Verify past the relay, as an operator does. */
  callVerify: (request: Request) => Promise<Response>;
  /** Sets the timeout of all later options, in milliseconds. Without a number they have Verify's own timeout. */
  shortenOptions(milliseconds?: number): void;
  stop(): Promise<void>;
};

export type WorldConfig = {
  emulator?: Partial<EmulatorConfig>;
  relay?: Partial<RelayConfig>;
  /** Answers the relay instead of the emulator. If it returns undefined, the emulator answers. */
  verify?: (request: Request) => Promise<Response | undefined>;
  /** The HTML of the page. The default is the bare page. */
  page?: string;
  /** The app's own routes. If it returns undefined, the page answers. */
  app?: (request: Request) => Promise<Response | undefined>;
  /** Answers the page instead of the relay. If it returns undefined, the relay answers. */
  answer?: (request: Request) => Promise<Response | undefined>;
};

/** A page without content, which loads the package for the tests. */
export const barePage = `<!doctype html><meta charset="utf-8"><title>Bare page</title><link rel="icon" href="data:,">
<script type="module">
  import * as sdk from '/verify-passkeys.min.js';
  globalThis.sdk = sdk;
  globalThis.passkeys = sdk.createPasskeys({ baseUrl: '/passkeys' });
  globalThis.outcome = (promise) => promise.then(
    (value) => ({ value }),
    ({ code, message, rejection, retryAfter, issues, cause }) =>
      ({ code, message, rejection, retryAfter, issues, cause: cause && String(cause) }),
  );
</script>`;

/** The result of a ceremony, in a form that can be passed from the page to the test. */
export type Outcome = {
  value?: unknown;
  code?: string;
  message?: string;
  rejection?: Rejection;
  issues?: Issue[];
  retryAfter?: number;
  cause?: string;
};

declare global {
  /** Globals of the bare page. */
  var sdk: typeof import('verify-passkeys');
  var passkeys: import('verify-passkeys').Passkeys;
  var outcome: (promise: Promise<unknown>) => Promise<Outcome>;
}

export async function startWorld(config: WorldConfig = {}): Promise<World> {
  const upstream: Upstream[] = [];
  let optionsTimeout: number | undefined;
  // The relying party's origins need the port, which is known once the server listens.
  let handle = async (_request: Request) => new Response('starting', { status: 503 });
  const server = serve({ fetch: (request) => handle(request), port: 0, hostname: 'localhost' });
  await new Promise((resolve) => server.once('listening', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const emulator = createEmulator({ ...serviceFor(origin), ...config.emulator });
  const relay = createRelay({
    serviceSid,
    accountSid,
    authToken,
    cookieSecret,
    identify: (_, step) => (step === 'authenticate' ? null : { identity, friendlyName: 'Ada' }),
    fetch: async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      const body = await request.clone().text();
      const headers = Object.fromEntries(request.headers);
      upstream.push({ method: request.method, path: pathname + search, headers, body });
      const answer = (await config.verify?.(request.clone())) ?? (await emulator.fetch(request));
      if (!optionsTimeout || !/(Factors|Challenges)$/.test(pathname)) return answer;
      const json = await answer.json();
      json.options.publicKey.timeout = optionsTimeout;
      return Response.json(json, { status: answer.status });
    },
    ...(config.relay as object),
  });
  handle = async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/passkeys/')) return (await config.answer?.(request)) ?? relay(request);
    if (pathname === '/verify-passkeys.min.js') {
      return new Response(readFileSync(`dist${pathname}`), {
        headers: { 'content-type': 'text/javascript' },
      });
    }
    const own = await config.app?.(request);
    if (own) return own;
    return new Response(config.page ?? barePage, { headers: { 'content-type': 'text/html' } });
  };
  return {
    origin,
    upstream,
    callVerify: (request) => emulator.fetch(request),
    shortenOptions: (milliseconds) => {
      optionsTimeout = milliseconds;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // A page that goes on sending requests would keep its connection and the server open.
        (server as Server).closeAllConnections();
      }),
  };
}

export const basic = `Basic ${btoa(`${accountSid}:${authToken}`)}`;
