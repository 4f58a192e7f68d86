/** The relay checks everything that Verify answers, and never repeats a call that Verify may have acted on. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import type { RelayConfig } from 'verify-passkeys/relay';
import { createAuthenticator } from '../software-authenticator.ts';
import { accountSid, type Upstream } from '../world.ts';
import { ada, bob, openBrowser, refused, setUp } from './stage.ts';

type Change = (answer: Record<string, unknown>) => unknown;
type Script = (request: Request, answer: () => Promise<Response>) => Promise<Response>;

const changed =
  (change: Change): Script =>
  async (_, answer) => {
    const response = await answer();
    return Response.json(change((await response.json()) as Record<string, unknown>), {
      status: response.status,
    });
  };

const said = (status: number, body: unknown, headers: HeadersInit = {}): Script => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return async () => new Response(status === 204 ? null : text, { status, headers });
};

const error = (status: number, code: number, message = 'No') => ({
  code,
  message,
  status,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
});

/**
 * Plays a ceremony with a Verify that gives a scripted answer to this call and correct answers to all others. The
 * scripted answer is also given when the relay reads the Factor of a registration whose answer was lost.
 */
async function play(
  route: 'Factors' | 'VerifyFactor' | 'Challenges' | 'ApproveChallenge',
  scripted: Script,
  change: Partial<RelayConfig> = {},
) {
  let on = false;
  const stage = setUp({
    verify: (request, emulate) =>
      on && (request.url.endsWith(`/${route}`) || request.method === 'GET')
        ? scripted(request, emulate)
        : undefined,
  });
  let { relay } = stage;
  const browser = openBrowser({ relay: (request) => relay(request) }, ada);
  const passkey = await browser.register();
  const kept = new Map(stage.storage);
  let body: unknown = {};
  if (route === 'VerifyFactor') {
    body = (await createAuthenticator()).register((await browser.begin('Factors')).challenge);
  }
  if (route === 'ApproveChallenge') body = await passkey.sign((await browser.begin('Challenges')).challenge);
  on = true;
  stage.upstream.length = 0;
  relay = stage.again(change);
  const answer = await browser.post(route, body);
  const remembered = [...stage.storage.keys()].filter(
    (key) => !kept.has(key) && /:(credential|factor):/.test(key),
  );
  return { answer, remembered, ...stage };
}

/** The methods of the calls to Verify: one call, and one read of a Factor that may have been verified. */
const sent = (route: string, code: string | number) =>
  route === 'VerifyFactor' &&
  [20500, 'verify_invalid_answer', 'verify_timeout', 'verify_unreachable'].includes(code)
    ? ['POST', 'GET']
    : ['POST'];

const methods = (upstream: Upstream[]) => upstream.map(({ method }) => method);

const other = (letters: string) => letters + 'f'.repeat(32);
const unbelievable = refused(502, 'verify_invalid_answer');

const routes = ['Factors', 'VerifyFactor', 'Challenges', 'ApproveChallenge'] as const;
const sids = { Factors: 'YF', VerifyFactor: 'YF', Challenges: 'YC', ApproveChallenge: 'YC' };
const statuses = {
  Factors: 'verified',
  VerifyFactor: 'unverified',
  Challenges: 'approved',
  ApproveChallenge: 'denied',
};

for (const route of routes) {
  for (const [what, scripted, expected] of [
    ['another SID', changed((answer) => ({ ...answer, sid: other(sids[route]) })), unbelievable],
    ['a SID of another kind', changed((answer) => ({ ...answer, sid: other('YE') })), unbelievable],
    ['no SID', changed(({ sid: _, ...answer }) => answer), unbelievable],
    ['another status', changed((answer) => ({ ...answer, status: statuses[route] })), unbelievable],
    ['no status', changed((answer) => ({ ...answer, status: '' })), unbelievable],
    ['another identity', changed((answer) => ({ ...answer, identity: bob })), unbelievable],
    ['an identity that is not a string', changed((answer) => ({ ...answer, identity: [ada] })), unbelievable],
    ['a list', changed((answer) => [answer]), unbelievable],
    ['null', said(200, null), unbelievable],
    ['nothing, with 204', said(204, ''), unbelievable],
    ['an empty body', said(200, ''), unbelievable],
    ['HTML', said(200, '<!doctype html><title>Sorry</title>', { 'content-type': 'text/html' }), unbelievable],
    ['HTML with 502', said(502, '<html>Bad gateway</html>'), unbelievable],
    ['cut JSON', said(200, '{"sid":"YF'), unbelievable],
    ['1 MB', changed((answer) => ({ ...answer, padding: 'x'.repeat(1_000_000) })), unbelievable],
    ['a redirect', said(302, {}, { location: 'https://evil.example' }), unbelievable],
    ['an error without a code', said(400, { message: 'No' }), unbelievable],
    ['an error whose code is a word', said(400, { code: 'approved', message: 'No' }), unbelievable],
    ['401', said(401, error(401, 20003, `Authenticate ${accountSid}`)), refused(502, 'misconfigured')],
    ['401 with HTML', said(401, '<html>'), refused(502, 'misconfigured')],
    ['20404', said(404, error(404, 20404, `/v2/${accountSid}`)), refused(502, 'misconfigured')],
    ['500', said(500, error(500, 20500)), refused(500, 20500)],
    ['429', said(429, error(429, 20429)), refused(429, 20429)],
    ['60311', said(403, error(403, 60311)), refused(403, 60311)],
  ] as const) {
    test(`${route}: when Verify answers ${what}, the relay answers ${expected.status} ${expected.body.code}`, async () => {
      const { answer, approvals, remembered, upstream } = await play(route, scripted);
      expect(answer).toMatchObject(expected);
      expect(approvals).toEqual([]);
      expect(remembered).toEqual([]);
      expect(methods(upstream)).toEqual(sent(route, expected.body.code));
      expect(answer.headers.getSetCookie()).toEqual([]);
    });
  }

  for (const [what, scripted] of [
    [
      'nothing until the call is aborted',
      (request) =>
        new Promise<Response>((_, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason));
        }),
    ],
    ['nothing, even after the call is aborted', () => new Promise<Response>(() => {})],
    [
      'a body that never ends',
      async () => new Response(new ReadableStream({ start: (c) => c.enqueue(Buffer.from('{')) })),
    ],
  ] as const satisfies [string, Script][]) {
    test(`${route}: when Verify answers ${what}, the relay answers 504 after the timeout`, async () => {
      // After VerifyFactor a quarter of the time is left to read the Factor, in which a busy machine must do it.
      const timeout = route === 'VerifyFactor' ? 3000 : 700;
      const { answer, approvals, remembered, upstream } = await play(route, scripted, { timeout });
      expect(answer).toMatchObject(refused(504, 'verify_timeout'));
      expect(approvals).toEqual([]);
      expect(remembered).toEqual([]);
      expect(methods(upstream)).toEqual(sent(route, 'verify_timeout'));
    });
  }

  test(`${route}: when Verify cannot be reached, the relay answers 502`, async () => {
    const { answer, approvals, upstream } = await play(route, async () => {
      throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED at Socket.connect (net.js:1)') });
    });
    expect(answer).toMatchObject(refused(502, 'verify_unreachable'));
    expect(approvals).toEqual([]);
    expect(methods(upstream)).toEqual(sent(route, 'verify_unreachable'));
  });

  if (route === 'VerifyFactor') continue;
  test(`${route}: the page's abort ends the call to Verify`, async () => {
    const page = new AbortController();
    let upstreamEnded: Promise<unknown> | undefined;
    let reached = () => {};
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let on = false;
    const stage = setUp({
      verify: (request) => {
        if (!on) return undefined;
        upstreamEnded = new Promise((resolve) => request.signal.addEventListener('abort', resolve));
        reached();
        return new Promise(() => {});
      },
    });
    const relay = (request: Request) => stage.relay(new Request(request, { signal: page.signal }));
    const browser = openBrowser({ relay }, ada);
    const passkey = await browser.register();
    const body = await passkey.sign((await browser.begin('Challenges')).challenge);
    on = true;
    stage.upstream.length = 0;
    const answer = browser.post(route, route === 'Factors' ? {} : body);
    await arrived;
    page.abort();
    await upstreamEnded;
    expect(await answer).toMatchObject(refused(502, 'verify_unreachable'));
    expect(stage.approvals).toEqual([]);
    expect(stage.upstream).toHaveLength(1);
  });
}

test('a call whose page has already left does not reach Verify', async () => {
  const stage = setUp();
  const relay = (request: Request) => stage.relay(new Request(request, { signal: AbortSignal.abort() }));
  // The body of an aborted request may be unreadable too. What counts is that nothing is sent.
  const { status } = await openBrowser({ relay }, ada).post('Challenges', {});
  expect(status).toBeGreaterThanOrEqual(400);
  expect(stage.upstream).toEqual([]);
});

for (const [what, change] of [
  ['another entity', { entity_sid: other('YE') }],
  ['another factor', { factor_sid: other('YF') }],
] as const) {
  test(`an approved Challenge of ${what} than the passkey's signs nobody in`, async () => {
    const { answer, approvals } = await play(
      'ApproveChallenge',
      changed((body) => ({ ...body, ...change })),
    );
    expect(answer).toMatchObject(unbelievable);
    expect(approvals).toEqual([]);
  });
}

for (const [what, change, beside] of [
  ['a challenge that encodes another SID', { challenge: Buffer.from(other('YC')).toString('base64url') }],
  ['a challenge that encodes no SID', { challenge: 'AAAA' }],
  ['no challenge', { challenge: '' }],
  ['a relying party that is no text', { rpId: 7 }],
  ['a malformed Entity beside them', {}, { entity_sid: 7 }],
] as const) {
  test(`options with ${what} begin no ceremony`, async () => {
    const { answer } = await play(
      'Challenges',
      changed(({ options, ...body }) => ({
        ...body,
        ...beside,
        options: { publicKey: { ...(options as { publicKey: object }).publicKey, ...change } },
      })),
    );
    expect(answer).toMatchObject(unbelievable);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
}

/** Begins a sign-in with a Verify that is a real server: fetch itself follows redirects and decompresses. */
async function beginOver(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stage = setUp({
    relay: { timeout: 20_000 },
    verify: (request) => fetch(new Request(address + new URL(request.url).pathname, request)),
  });
  try {
    return await openBrowser(stage).post('Challenges', {});
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a redirect of Verify is not followed, so the account's secret goes to no other address", async () => {
  const paths: string[] = [];
  const answer = await beginOver(({ url }, response) => {
    paths.push(url!);
    response.writeHead(307, { location: '/elsewhere' }).end('{}');
  });
  expect(answer).toMatchObject(unbelievable);
  expect(paths).toEqual([expect.stringMatching(/Challenges$/)]);
});

test('an answer of 256 KiB is read, and one byte more is not', async () => {
  for (const [size, expected] of [
    [262_144, { status: 201 }],
    [262_145, unbelievable],
  ] as const) {
    const { answer } = await play('Challenges', async (_, emulate) => {
      const response = await emulate();
      return new Response((await response.text()).padEnd(size), { status: response.status });
    });
    expect(answer).toMatchObject(expected);
  }
});

test('the bytes of an answer are counted after decompression, and reading stops at the limit', async () => {
  const packed = gzipSync(JSON.stringify({ padding: Buffer.alloc(2_000_000, 'a') }));
  const answer = await beginOver((_, response) => {
    const headers = { 'content-encoding': 'gzip', 'content-length': packed.length };
    // The rest never comes: whoever waits for it gets no answer in time.
    response.writeHead(201, headers).write(packed.subarray(0, -20));
  });
  expect(answer).toMatchObject(unbelievable);
});

test('the options of a Challenge are valid no longer than the Challenge, whatever their timeout', async () => {
  const stage = setUp({ emulator: { quirks: 'published' } });
  const { body } = await openBrowser(stage).post('Challenges', {});
  expect(body.options.publicKey.timeout).toBe(300_000);
});

test("the page gets only the named fields of Verify's answer", async () => {
  const { answer } = await play(
    'Challenges',
    changed(({ options, ...body }) => ({
      ...body,
      secret: accountSid,
      options: {
        publicKey: { ...(options as { publicKey: object }).publicKey, extensions: { appid: accountSid } },
      },
    })),
  );
  expect(answer.status).toBe(201);
  expect(Object.keys(answer.body).sort()).toEqual(['date_created', 'options', 'sid', 'status']);
  expect(Object.keys(answer.body.options.publicKey).sort()).toEqual([
    'allowCredentials',
    'challenge',
    'rpId',
    'timeout',
    'userVerification',
  ]);
});

test("Verify's rejection keeps its code, message and more_info, without the SIDs of the account and its key", async () => {
  const key = `SK${'c'.repeat(32)}`;
  const message = `Challenge of ${accountSid} by ${key} has expired`;
  const { answer } = await play(
    'ApproveChallenge',
    said(403, { ...error(403, 60323, message), details: accountSid }),
  );
  expect(answer.body).toEqual({
    code: 60323,
    message: 'Challenge of AC… by SK… has expired',
    status: 403,
    more_info: 'https://www.twilio.com/docs/errors/60323',
  });
});

test("a more_info that is not a page of Twilio's is left out", async () => {
  for (const more_info of [
    'https://evil.example',
    'javascript:alert(1)',
    'https://www.twilio.com.evil.example',
  ]) {
    const { answer } = await play('ApproveChallenge', said(403, { ...error(403, 60323), more_info }));
    expect(answer.body).toEqual({ code: 60323, message: 'No', status: 403 });
  }
});

test('a 429 from a gateway in front of Verify is answered as 20429', async () => {
  const { answer } = await play('Challenges', said(429, 'Slow down', { 'retry-after': '7' }));
  expect(answer).toMatchObject(refused(429, 20429));
  expect(answer.headers.get('retry-after')).toBe('7');
});

test('Retry-After in seconds or as a date reaches the page, and anything else does not', async () => {
  const limited = (wait: string) => play('Challenges', said(429, error(429, 20429), { 'retry-after': wait }));
  for (const wait of ['30', 'Wed, 21 Oct 2026 07:28:00 GMT']) {
    expect((await limited(wait)).answer.headers.get('retry-after')).toBe(wait);
  }
  for (const wait of ['soon', '-1', '1e9', '99999999999', '1, 2']) {
    expect((await limited(wait)).answer.headers.get('retry-after')).toBeNull();
  }
});

test("the finishing call has only the credential's own members", async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const { challenge } = await browser.begin('Challenges');
  const credential = await passkey.sign(challenge, { userHandle: passkey.userHandle });
  const strangers = {
    identity: bob,
    account_sid: accountSid,
    accountSid,
    factor_sid: other('YF'),
    sid: other('YC'),
  };
  const answer = await browser.post('ApproveChallenge', {
    ...credential,
    ...strangers,
    clientExtensionResults: { appid: true, unknown: { deep: 1 } },
    response: { ...credential.response, ...strangers, publicKey: 'AAAA' },
  });
  expect(answer.status).toBe(200);
  expect(JSON.parse(stage.upstream.at(-1)!.body)).toEqual(credential);
  expect(stage.approvals[0]?.identity).toBe(ada);
});
