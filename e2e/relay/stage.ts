/** The relay between simulated browsers (a cookie jar and a software passkey) and the emulator or a scripted Verify. */
import { createEmulator, type EmulatorConfig } from 'verify-passkeys/emulator';
import { type Approval, createRelay, type RelayConfig } from 'verify-passkeys/relay';
import { settings as verifySettings } from '../play-verify.ts';
import { type Authenticator, createAuthenticator, page } from '../software-authenticator.ts';
import { accountSid, authToken, cookieSecret, identity, serviceSid, type Upstream } from '../world.ts';

export const ada = identity;
export const bob = '11111111-2222-4333-8444-555555555555';

export type Relay = (request: Request) => Promise<Response>;

export type Stage = {
  relay: Relay;
  /** Creates another relay with the same Verify and storage, as after a restart or on another machine. */
  again(change?: Partial<RelayConfig>): Relay;
  /** Every call that reached Verify, in order. */
  upstream: Upstream[];
  /** The arguments of onApproved. */
  approvals: Approval[];
  storage: Map<string, string>;
};

export type StageConfig = {
  relay?: Partial<RelayConfig>;
  emulator?: Partial<EmulatorConfig>;
  /** Answers instead of the emulator, or returns undefined to let it answer. */
  verify?: (request: Request, answer: () => Promise<Response>) => Promise<Response> | undefined;
};

/** The app's session is a cookie with the user's identity, which is enough for a test. */
export function sessionOf(request: Request) {
  const who = /\bsession=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
  return who === undefined ? null : { identity: who };
}

export function setUp({ relay, emulator, verify }: StageConfig = {}): Stage {
  const upstream: Upstream[] = [];
  const approvals: Approval[] = [];
  const storage = new Map<string, string>();
  const twilio = createEmulator({
    ...verifySettings,
    ...emulator,
  });
  const settings: RelayConfig = {
    serviceSid,
    accountSid,
    authToken,
    cookieSecret,
    storage,
    identify: (request, step) => (step === 'authenticate' ? null : sessionOf(request)),
    onApproved: (approval) => {
      approvals.push(approval);
    },
    fetch: async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      const headers = Object.fromEntries(request.headers);
      const body = await request.clone().text();
      upstream.push({ method: request.method, path: pathname + search, headers, body });
      const copy = request.clone();
      return verify?.(request, () => twilio.fetch(copy)) ?? twilio.fetch(request);
    },
    ...(relay as object),
  };
  const again = (change: Partial<RelayConfig> = {}) =>
    watched(createRelay({ ...settings, ...(change as object) }));
  return { relay: again(), again, upstream, approvals, storage };
}

/** What no answer of the relay may contain. */
const secrets = [accountSid, authToken, cookieSecret, btoa(`${accountSid}:${authToken}`)].map((secret) =>
  secret.toLowerCase(),
);
const trace = /Basic |\\n\s+at |node_modules|\.[jt]s:\d/;
const known = ['allow', 'cache-control', 'content-type', 'retry-after', 'set-cookie', 'vary'];

/**
 * Throws if an answer of the relay, in any test, contains a secret, a stack trace or an unknown header. An `expect` takes
 * a millisecond, and thousands of answers pass here.
 */
function watched(relay: Relay): Relay {
  return async (request) => {
    const response = await relay(request);
    const said = JSON.stringify([...response.headers]) + (await response.clone().text());
    const leaked = secrets.find((secret) => said.toLowerCase().includes(secret));
    if (leaked !== undefined) throw new Error(`The relay answered with the secret "${leaked}": ${said}`);
    if (trace.test(said)) throw new Error(`The relay answered with ${trace.exec(said)}: ${said}`);
    for (const name of response.headers.keys()) {
      if (name.startsWith('access-control-') || known.includes(name)) continue;
      throw new Error(`The relay answered with the header "${name}".`);
    }
    return response;
  };
}

/** Does the work with the clock set forward by these seconds, and standing still. */
export async function at<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  const { now } = Date;
  const time = now();
  try {
    Date.now = () => time + seconds * 1000;
    return await work();
  } finally {
    Date.now = now;
  }
}

export type Answer = { status: number; headers: Headers; body: Body };
// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever came, and each test says what it expects of it.
type Body = any;

function demand(status: number, expected: number, body: Body): void {
  if (status !== expected)
    throw new Error(`expected status ${expected}, got ${status}: ${JSON.stringify(body)}`);
}

/** The part of an answer that shows a refusal by the relay or by Verify. */
export const refused = (status: number, code: string | number) => ({ status, body: { code, status } });

export type Passkey = Authenticator & { userHandle?: string };

/** A browser on the page at `page.origin`. `session` is the user whom the app has signed in there. */
export function openBrowser({ relay }: { relay: Relay }, session?: string) {
  const cookies = new Map<string, string>();
  if (session) cookies.set('session', session);

  async function send(
    method: string,
    route: string,
    body?: unknown,
    change: Record<string, string | undefined> = {},
  ): Promise<Answer> {
    const headers = new Headers({ origin: page.origin });
    if (body !== undefined) headers.set('content-type', 'application/json');
    headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) headers.delete(name);
      else headers.set(name, value);
    }
    const isText = typeof body === 'string' || body === undefined || body instanceof ReadableStream;
    const init = { method, headers, body: isText ? (body ?? null) : JSON.stringify(body), duplex: 'half' };
    const response = await relay(new Request(`${page.origin}/passkeys/${route}`, init as RequestInit));
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/Max-Age=0\b/.test(cookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  }

  const post = (route: string, body: unknown, change?: Record<string, string | undefined>) =>
    send('POST', route, body, change);

  /** Begins a ceremony and returns its challenge, and the user handle of a registration. */
  async function begin(
    route: 'Factors' | 'Challenges',
  ): Promise<{ challenge: string; user?: { id: string } }> {
    const { status, body } = await post(route, {});
    demand(status, 201, body);
    return body.options.publicKey;
  }

  async function register(): Promise<Passkey & { sid: string }> {
    const passkey = await createAuthenticator();
    const { challenge, user } = await begin('Factors');
    const { status, body } = await post('VerifyFactor', passkey.register(challenge));
    demand(status, 200, body);
    return { ...passkey, userHandle: user!.id, sid: body.sid };
  }

  async function signIn(passkey: Passkey): Promise<Answer> {
    const { challenge } = await begin('Challenges');
    return post('ApproveChallenge', await passkey.sign(challenge, { userHandle: passkey.userHandle }));
  }

  return { cookies, send, post, begin, register, signIn };
}
