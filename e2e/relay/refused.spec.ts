/** Every refusal of the relay reaches onRefused once, with its reason and without a secret. */
import { inspect } from 'node:util';
import { expect, test } from '@playwright/test';
import type { Refused, RelayConfig } from 'verify-passkeys/relay';
import { createAuthenticator, page } from '../software-authenticator.ts';
import { accountSid, authToken, cookieSecret } from '../world.ts';
import { type Answer, ada, bob, openBrowser, refused, type StageConfig, setUp } from './stage.ts';

/** A stage whose onRefused records its calls. */
function listen({ relay, ...config }: StageConfig = {}) {
  const told: Refused[] = [];
  const requests: Request[] = [];
  const stage = setUp({
    ...config,
    relay: {
      onRefused: (refusal, request) => {
        told.push(refusal);
        requests.push(request);
      },
      ...relay,
    },
  });
  return { ...stage, told, requests };
}

/** Expects one call of onRefused for this answer, without a secret, and returns what it was given. */
function demandTold(told: Refused[], { status, body }: Answer, secrets: string[] = []): Refused {
  expect(told).toHaveLength(1);
  const [refusal] = told as [Refused];
  expect(refusal).toMatchObject({ code: body.code, status });
  expect(refusal.message).toContain(body.message);
  const seen = inspect(refusal, { depth: 20, showHidden: true });
  const basic = btoa(`${accountSid}:${authToken}`);
  for (const secret of [accountSid, authToken, cookieSecret, basic, ...secrets])
    expect(seen).not.toContain(secret);
  told.length = 0;
  return refusal;
}

const json = (status: number, body: object, headers: HeadersInit = {}) =>
  Response.json(body, { status, headers });
const sorry = (code: number, message = 'No') => ({ code, message, status: 400 });

test('each refusal of a call is reported once, with the message for the page', async () => {
  const { told, ...stage } = listen();
  const browser = openBrowser(stage, ada);
  for (const answer of [
    () => browser.post('Nowhere', {}),
    () => browser.send('GET', 'Challenges'),
    () => browser.post('Factors', '{}', { 'content-type': 'text/plain' }),
    () => browser.post('Factors', `{"friendly_name":"${'x'.repeat(70_000)}"}`),
    () => browser.post('Factors', { friendly_name: '' }),
    () => browser.post('Factors', {}, { origin: 'https://evil.example' }),
    () => openBrowser(stage).post('Factors', {}),
    () =>
      browser.send('OPTIONS', 'Factors', undefined, {
        'access-control-request-method': 'POST',
        origin: 'null',
      }),
    () => browser.post('VerifyFactor', {}),
  ]) {
    const given = await answer();
    demandTold(told, given);
    const { headers } = given;
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([
      'application/json',
      'no-store',
    ]);
  }
});

test('onRefused gets the allowed origins, and the page does not', async () => {
  const { told, requests, ...stage } = listen({
    relay: { origins: [page.origin, 'https://www.example.com'] },
  });
  const answer = await openBrowser(stage).post('Challenges', {}, { origin: 'https://evil.example' });
  expect(answer.body.message).toContain('"https://evil.example"');
  expect(answer.body.message).not.toContain('www.example.com');
  const { message } = demandTold(told, answer);
  expect(message).toContain(`Allowed: ${page.origin}, https://www.example.com.`);
  expect(requests[0]?.headers.get('origin')).toBe('https://evil.example');
});

test('an error of fetch is reported as the cause, whole', async () => {
  const refusedBy = (address: string) => new Error(`connect ECONNREFUSED ${address}:443`);
  for (const error of [
    new TypeError('fetch failed', { cause: refusedBy('127.0.0.1') }),
    // Node tries each address of a host.
    new TypeError('fetch failed', { cause: new AggregateError([refusedBy('::1'), refusedBy('127.0.0.1')]) }),
    new DOMException('ECONNREFUSED', 'NetworkError'),
    // An app's own fetch may throw anything.
    'ECONNREFUSED',
  ]) {
    const { told, ...stage } = listen({ verify: () => Promise.reject(error) });
    const answer = await openBrowser(stage).post('Challenges', {});
    expect(answer).toMatchObject(refused(502, 'verify_unreachable'));
    expect(JSON.stringify(answer.body)).not.toContain('ECONNREFUSED');
    expect(demandTold(told, answer).cause).toBe(error);
  }
});

for (const [what, fail] of [
  [
    'in its message',
    async (request: Request) => {
      throw new Error(`cannot send ${request.headers.get('authorization')}`);
    },
  ],
  [
    'in the request that it carries',
    async (request: Request) => {
      throw Object.assign(new Error('refused'), {
        code: 'ECONNRESET',
        request,
        headers: Object.fromEntries(request.headers),
      });
    },
  ],
  [
    'deep among its causes',
    async () => {
      throw new AggregateError([new Error(`token ${authToken}`)], 'all failed', {
        cause: new Error(authToken),
      });
    },
  ],
] as const) {
  test(`an error of fetch that has a secret ${what} is reported without it`, async () => {
    const { told, ...stage } = listen({ relay: { fetch: fail } });
    const answer = await openBrowser(stage).post('Challenges', {});
    const { cause } = demandTold(told, answer);
    expect(cause).toBeInstanceOf(Error);
    if (what.includes('carries')) expect(cause).toMatchObject({ message: 'refused', code: 'ECONNRESET' });
  });
}

test('an error of the store is reported as the cause, without the value to store', async () => {
  let works = true;
  const kept = new Map<string, string>();
  const storage = {
    get: (key: string) => kept.get(key),
    set(key: string, value: string) {
      // A Redis client adds its command to the error like this.
      if (!works)
        throw Object.assign(new Error('READONLY'), { command: { name: 'set', args: [key, value] } });
      kept.set(key, value);
    },
    delete: (key: string) => kept.delete(key),
  };
  const { told, ...stage } = listen({ relay: { storage } });
  const browser = openBrowser(stage, ada);
  await browser.register();
  const passkey = await createAuthenticator();
  const { challenge } = await browser.begin('Factors');
  works = false;
  const answer = await browser.post('VerifyFactor', passkey.register(challenge));
  expect(answer).toMatchObject(refused(503, 'storage_unavailable'));
  expect(demandTold(told, answer, [passkey.id]).cause).toMatchObject({ message: 'READONLY' });
});

test('texts of a call are left out of an error from eight characters on, and a nickname is kept', async () => {
  const cookie = `a=1234567; b=12345678; c=1%2F2%2F3%2F4%2F5; session=${ada}`;
  const friendly_name = 'the laptop-of-ada-lovelace';
  const thrown = { message: `1234567 12345678 1/2/3/4/5 ${friendly_name}` };
  const { told, ...stage } = listen({ verify: () => Promise.reject(thrown) });
  await openBrowser(stage).post('Factors', { friendly_name }, { cookie });
  // What is no Error gets a stack too, since some logs print only that.
  const message = `1234567 … … ${friendly_name}`;
  expect(told).toMatchObject([{ cause: { message, stack: `Error: ${message}` } }]);
});

test('a body that is not JSON is reported without its text', async () => {
  const { told, ...stage } = listen();
  // JSON.parse quotes a part of the text in its error, and the whole of a short one.
  for (const body of ['{"id":secret-of-the-page', 'secret']) {
    const answer = await openBrowser(stage, ada).post('Factors', body);
    expect(answer).toMatchObject(refused(400, 60306));
    expect(demandTold(told, answer, ['secret'])).not.toHaveProperty('cause');
  }
});

for (const [what, verify, code] of [
  ['rejects', () => json(403, sorry(60311), { 'twilio-request-id': 'RQ1' }), 60311],
  ['gives an invalid answer', () => json(201, {}, { 'twilio-request-id': 'RQ1' }), 'verify_invalid_answer'],
  ['refuses the relay', () => json(401, sorry(20003), { 'twilio-request-id': 'RQ1' }), 'misconfigured'],
] as const) {
  test(`when Verify ${what}, onRefused gets Twilio's request id, and the page does not`, async () => {
    const { told, ...stage } = listen({ verify: async () => verify() });
    const answer = await openBrowser(stage).post('Challenges', {});
    expect(answer.body.code).toBe(code);
    expect(JSON.stringify(answer.body)).not.toContain('RQ1');
    expect(demandTold(told, answer).requestId).toBe('RQ1');
  });
}

test('a malformed request id, none, or one of an earlier call, is not reported', async () => {
  const named = (id: string) => ({ 'twilio-request-id': id });
  const ids = [named('RQ1'), named('line\u00a0break'), named(''), {}];
  const { told, ...stage } = listen({ verify: async () => json(403, sorry(60311), ids.shift()!) });
  expect(demandTold(told, await openBrowser(stage).post('Challenges', {})).requestId).toBe('RQ1');
  for (let i = 0; i < 3; i++) {
    expect(demandTold(told, await openBrowser(stage).post('Challenges', {}))).not.toHaveProperty('requestId');
  }
  expect(stage.upstream[0]!.headers.accept).toBe('application/json');
});

test("Verify's message is reported without the account's secret", async () => {
  const { told, ...stage } = listen({
    verify: async () => json(400, sorry(60200, `bad ${authToken} of ${accountSid} in ${cookieSecret}`)),
  });
  const answer = await openBrowser(stage).post('Challenges', {});
  expect(answer.body.message).toBe('bad … of AC… in …');
  demandTold(told, answer);
});

test("Verify's message is reported without the session's cookies or token that it repeats", async () => {
  const [encoded, token] = ['a%20session%21', 'a-token-of-the-app'];
  const message = `bad ${bob} ${encoded} ${token}`;
  const { told, ...stage } = listen({ verify: async () => json(400, sorry(60200, message)) });
  const browser = openBrowser(stage, bob);
  browser.cookies.set('app', encoded);
  await browser.post('Challenges', {}, { authorization: `Bearer ${token}` });
  expect(told).toMatchObject([{ code: 60200, message: 'bad … … …' }]);
});

for (const [name, relay] of [
  ['identify', { identify: () => Promise.reject(new Error('sessions are down')) }],
  ['onApproved', { onApproved: () => Promise.reject(new Error('sessions are down')) }],
  ['onVerified', { onVerified: () => Promise.reject(new Error('sessions are down')) }],
] as const satisfies [string, Partial<RelayConfig>][]) {
  test(`an error from ${name} is reported to onRefused and then rethrown`, async () => {
    const { told, ...stage } = listen({ relay });
    const passkey = await createAuthenticator();
    const elsewhere = { relay: stage.again({ identify: () => ({ identity: ada }), onVerified: () => {} }) };
    const known = await openBrowser(elsewhere, ada).register();
    const play = async () => {
      const browser = openBrowser(stage, ada);
      if (name === 'onApproved') return browser.signIn(known);
      const { challenge } = await browser.begin('Factors');
      return browser.post('VerifyFactor', passkey.register(challenge));
    };
    await expect(play()).rejects.toThrow('sessions are down');
    expect(told).toMatchObject([{ code: 'app_error', status: 500, cause: { message: 'sessions are down' } }]);
  });
}

for (const [what, onRefused] of [
  [
    'throws',
    () => {
      throw new Error('the log is full');
    },
  ],
  ['rejects', () => Promise.reject(new Error('the log is full'))],
  ['hangs', () => new Promise(() => {})],
] as const) {
  test(`an onRefused that ${what} changes nothing`, async () => {
    const stage = setUp({ relay: { onRefused } });
    expect(await openBrowser(stage).post('Factors', {})).toMatchObject(refused(401, 'not_signed_in'));
  });
}

test('onApproved that returns true signs the user in and adds no header', async () => {
  const stage = setUp({ relay: { onApproved: async () => true } });
  const browser = openBrowser(stage, ada);
  const answer = await browser.signIn(await browser.register());
  expect(answer.status).toBe(200);
  expect(answer.headers.getSetCookie()).toHaveLength(1);
});

test('onApproved that returns false signs nobody in: 403 not_allowed, the cookie is cleared, and the refusal is reported', async () => {
  const { told, ...stage } = listen({ relay: { onApproved: () => false } });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const answer = await browser.signIn(passkey);
  expect(answer).toMatchObject(refused(403, 'not_allowed'));
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-passkeys-YC\w+=; .*Max-Age=0/),
  ]);
  expect([...browser.cookies.keys()]).toEqual(['session']);
  demandTold(told, answer);
});

test('an owner that only Verify named and the app refused is not remembered, so the app is asked again', async () => {
  const seen: boolean[] = [];
  const stage = setUp({
    relay: {
      onApproved: ({ remembered }) => {
        seen.push(remembered);
        return remembered ? undefined : false;
      },
    },
  });
  const passkey = await openBrowser({ relay: stage.again({ storage: new Map() }) }, ada).register();
  for (let i = 0; i < 2; i++) {
    expect(await openBrowser(stage).signIn(passkey)).toMatchObject(refused(403, 'not_allowed'));
  }
  const stuck = Object.assign(new Map<string, string>(), {
    delete: () => Promise.reject(new Error('no DELETE for this role')),
  });
  const keeping = openBrowser({ relay: stage.again({ storage: stuck }) });
  expect(await keeping.signIn(passkey)).toMatchObject(refused(403, 'not_allowed'));
  expect(seen).toEqual([false, false, false]);
});

test('onApproved gets whether the user was verified, whether the passkey is backed up, and the requested user', async () => {
  const stage = setUp({ relay: { identify: (request) => openSession(request) } });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const sign = async (flags: number, by = browser) => {
    const { challenge } = await by.begin('Challenges');
    expect((await by.post('ApproveChallenge', await passkey.sign(challenge, { flags }))).status).toBe(200);
  };
  await sign(0x01);
  await sign(0x05);
  await sign(0x1d);
  browser.cookies.delete('session');
  await sign(0x1d);
  expect(stage.approvals).toMatchObject([
    { userVerified: false, backedUp: false, askedFor: ada },
    { userVerified: true, backedUp: false, askedFor: ada },
    { userVerified: true, backedUp: true, askedFor: ada },
    { userVerified: true, backedUp: true, askedFor: undefined },
  ]);
});

const openSession = (request: Request) =>
  request.headers.get('cookie')?.includes(`session=${ada}`) ? { identity: ada } : null;

test('a Challenge for one user that another user finishes is refused and reported', async () => {
  const { told, ...stage } = listen({ relay: { identify: openSession } });
  const known = await openBrowser(
    { relay: stage.again({ identify: () => ({ identity: bob }) }) },
    bob,
  ).register();
  await openBrowser(stage, ada).register();
  const answer = await openBrowser(stage, ada).signIn(known);
  expect(answer).toMatchObject(refused(409, 'ceremony_mismatch'));
  demandTold(told, answer);
});
