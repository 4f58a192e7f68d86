/** Only the browser that began a ceremony can finish it, and only in time. */
import { expect, test } from '@playwright/test';
import { createAuthenticator, page } from '../software-authenticator.ts';
import { cookieSecret } from '../world.ts';
import { ada, at, bob, openBrowser, refused, type Stage, setUp } from './stage.ts';

/** Ada's passkey, and a Challenge that her browser began but did not finish. */
async function underWay(stage: Stage = setUp()) {
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const { challenge } = await browser.begin('Challenges');
  const credential = await passkey.sign(challenge, { userHandle: passkey.userHandle });
  const [name, value] = [...browser.cookies].find(([key]) => key !== 'session')!;
  const finish = (change?: Record<string, string | undefined>) =>
    browser.post('ApproveChallenge', credential, change);
  const sent = stage.upstream.length;
  /** Expects that nobody was signed in and that Verify was not called. */
  const nothingHappened = () => {
    expect(stage.approvals).toEqual([]);
    expect(stage.upstream).toHaveLength(sent);
  };
  return { stage, browser, passkey, credential, name, value, finish, nothingHappened };
}

test('a ceremony is finished by the browser that began it, and its cookie is cleared', async () => {
  const { stage, browser, name, finish } = await underWay();
  expect(await finish()).toMatchObject({ status: 200, body: { status: 'approved' } });
  expect(stage.approvals).toHaveLength(1);
  expect([...browser.cookies.keys()]).toEqual(['session']);
  expect(name).toMatch(/^__Host-passkeys-YC[0-9a-f]{32}$/);
});

test('the cookie is HttpOnly, Secure, SameSite=Strict and for this host only', async () => {
  const answer = await openBrowser(setUp()).post('Challenges', {});
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^__Host-passkeys-YC\w+=[^;]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Strict; Secure$/,
    ),
  ]);
});

test('on http, which is for localhost, the cookie has no Secure and no prefix', async () => {
  const { relay } = setUp();
  const headers = { origin: 'http://localhost:3000', 'content-type': 'application/json' };
  const url = 'http://localhost:3000/passkeys/Challenges';
  const response = await relay(new Request(url, { method: 'POST', headers, body: '{}' }));
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^passkeys-YC\w+=[^;]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Strict$/),
  ]);
});

test("the page's origin decides whether the cookie is Secure, whatever address a proxy calls", async () => {
  const local = 'http://localhost:3000';
  const { relay } = setUp({ relay: { origins: [page.origin, local] } });
  for (const [origin, address, cookie] of [
    [page.origin, 'http://10.0.0.1', /^__Host-.*; Secure$/],
    [local, 'https://10.0.0.1', /^passkeys-.*; SameSite=Strict$/],
  ] as const) {
    const headers = { origin, 'content-type': 'application/json' };
    const response = await relay(
      new Request(`${address}/Challenges`, { method: 'POST', headers, body: '{}' }),
    );
    expect(response.headers.getSetCookie()[0]).toMatch(cookie);
  }
});

test('without the cookie a ceremony cannot be finished', async () => {
  const told: string[] = [];
  const stage = setUp({ relay: { onRefused: ({ message }) => void told.push(message) } });
  const { finish, nothingHappened } = await underWay(stage);
  expect(await finish({ cookie: 'theme=dark' })).toMatchObject(refused(409, 'no_ceremony_cookie'));
  expect(await finish({ cookie: undefined })).toMatchObject(refused(409, 'no_ceremony_cookie'));
  nothingHappened();
  // The log says what may have kept the cookie away.
  const causes = expect.stringContaining("a call across origins needs credentials: 'include'");
  expect(told).toEqual([causes, causes]);
});

for (const route of ['VerifyFactor', 'ApproveChallenge']) {
  test(`${route}: the body of a browser that began no ceremony is not checked`, async () => {
    const stage = setUp();
    const stranger = openBrowser(stage, ada);
    const { challenge } = await openBrowser(stage, ada).begin(
      route === 'VerifyFactor' ? 'Factors' : 'Challenges',
    );
    const credential = {
      ...(await createAuthenticator()).register(challenge),
      ...(await (await createAuthenticator()).sign(challenge)),
    };
    for (const body of [{}, null, [[[]]], 'text', { ...credential, id: 7 }]) {
      const text = JSON.stringify(body);
      expect(await stranger.post(route, text)).toMatchObject(refused(409, 'no_ceremony_cookie'));
      stranger.cookies.set('__Host-passkeys-YC1', 'authenticate.YC1.x.9.forged');
      expect(await stranger.post(route, text)).toMatchObject(refused(409, 'ceremony_mismatch'));
      stranger.cookies.delete('__Host-passkeys-YC1');
    }
  });
}

test('a registration is not checked after its user has signed out', async () => {
  const browser = openBrowser(setUp(), ada);
  const { challenge } = await browser.begin('Factors');
  browser.cookies.delete('session');
  const credential = { ...(await createAuthenticator()).register(challenge), id: 7 };
  expect(await browser.post('VerifyFactor', credential)).toMatchObject(refused(401, 'not_signed_in'));
});

test('a cookie whose name begins with a Unicode space is ignored', async () => {
  const { stage, name, value, credential, nothingHappened } = await underWay();
  // Workers decode the Cookie header as UTF-8. Node's Headers accept only Latin-1, so this request imitates one in a Worker.
  const cookie = `\u2000${name}=${value}`;
  const headers = new Headers({ origin: page.origin, 'content-type': 'application/json' });
  const get = headers.get.bind(headers);
  headers.get = (wanted) => (wanted === 'cookie' ? cookie : get(wanted));
  const body = JSON.stringify(credential);
  const request = new Request(`${page.origin}/passkeys/ApproveChallenge`, { method: 'POST', body });
  Object.defineProperty(request, 'headers', { value: headers });
  const response = await stage.relay(request);
  expect(await response.json()).toMatchObject({ code: 'no_ceremony_cookie' });
  nothingHappened();
});

test('the relay checks a few of a hundred forged cookies and ignores the rest', async () => {
  const { browser, finish, name } = await underWay();
  const own = new Map(browser.cookies);
  browser.cookies.clear();
  const forged = `authenticate.YC.${ada}.9999999999999.${'A'.repeat(43)}`;
  for (let i = 0; i < 100; i++) browser.cookies.set(`__Host-passkeys-YC${i}`, forged);
  for (const [key, value] of own) browser.cookies.set(key, value);
  const sameName = Array.from({ length: 100 }, () => `${name}=${forged}`).join('; ');
  let verified = 0;
  const { verify } = crypto.subtle;
  try {
    crypto.subtle.verify = (...given) => {
      if (given[0] === 'HMAC') verified++;
      return verify.apply(crypto.subtle, given);
    };
    await browser.begin('Challenges');
    expect(verified).toBeLessThanOrEqual(20);
    verified = 0;
    expect(await finish({ cookie: sameName })).toMatchObject(refused(409, 'ceremony_mismatch'));
    expect(verified).toBeLessThanOrEqual(20);
    verified = 0;
    // A valid cookie comes last, so that the body is read. The one of the ceremony is found in front of a hundred others.
    const pairs = (cookies: Iterable<[string, string]>) =>
      Array.from(cookies, (pair) => pair.join('=')).join('; ');
    const others = [...browser.cookies].filter(([key]) => !own.has(key));
    const cookie = `${sameName}; ${pairs(own)}; ${pairs(others)}`;
    expect((await finish({ cookie })).status).toBe(200);
    expect(verified).toBeLessThanOrEqual(40);
  } finally {
    crypto.subtle.verify = verify;
  }
});

test("a browser cannot finish another browser's ceremony with its own cookie", async () => {
  const { stage, credential, nothingHappened } = await underWay();
  const other = openBrowser(stage);
  const answer = await other.post('Challenges', {});
  expect(answer.status).toBe(201);
  stage.upstream.pop();
  // The rest of the body is not judged.
  for (const body of [credential, { ...credential, id: 7 }]) {
    expect(await other.post('ApproveChallenge', body)).toMatchObject(refused(409, 'ceremony_mismatch'));
  }
  nothingHappened();
});

test("a browser's own cookie renamed to another ceremony finishes nothing", async () => {
  const { stage, credential, name, nothingHappened } = await underWay();
  const thief = openBrowser(stage);
  await thief.begin('Challenges');
  stage.upstream.pop();
  const [own] = thief.cookies.values();
  thief.cookies.clear();
  thief.cookies.set(name, own!);
  expect(await thief.post('ApproveChallenge', credential)).toMatchObject(refused(409, 'ceremony_mismatch'));
  nothingHappened();
});

const parts = (value: string) => value.split('.') as [string, string, string, string, string, string];

for (const [what, forge] of [
  ['empty', () => ''],
  ['of only dots', () => '....'],
  ['truncated', (value: string) => value.slice(0, -1)],
  ['without its signature', (value: string) => value.slice(0, value.lastIndexOf('.'))],
  ['with an empty signature', (value: string) => value.slice(0, value.lastIndexOf('.') + 1)],
  ['with one character before its signature', (value: string) => value.replace(/(?=.{43}$)/, '!')],
  ['with one character behind its signature', (value: string) => `${value}!`],
  ['with another signature', (value: string) => value.slice(0, -43) + 'A'.repeat(43)],
  ['with a signature of other characters', (value: string) => `${value.slice(0, -43)}${'!'.repeat(43)}`],
  [
    'with another identity',
    (value: string) => {
      const [step, sid, , entitySid, expires, signature] = parts(value);
      return [step, sid, bob, entitySid, expires, signature].join('.');
    },
  ],
  [
    'with a longer lifetime',
    (value: string) => {
      const [step, sid, identity, entitySid, expires, signature] = parts(value);
      return [step, sid, identity, entitySid, Number(expires) + 1, signature].join('.');
    },
  ],
  ['with the other ceremony', (value: string) => value.replace('authenticate', 'register')],
  ['followed by more', (value: string) => `${value}.x`],
] as const) {
  test(`a forged cookie, ${what}, finishes nothing`, async () => {
    const { browser, name, value, finish, nothingHappened } = await underWay();
    browser.cookies.set(name, forge(value));
    expect(await finish()).toMatchObject(refused(409, 'ceremony_mismatch'));
    nothingHappened();
  });
}

test("a registration's cookie finishes no sign-in, although its signature is valid", async () => {
  const { stage, browser, name, finish, nothingHappened } = await underWay();
  await browser.begin('Factors');
  stage.upstream.pop();
  const [, registration] = [...browser.cookies].find(([key]) => key.includes('-YF'))!;
  browser.cookies.set(name, registration);
  expect(await finish()).toMatchObject(refused(409, 'ceremony_mismatch'));
  nothingHappened();
});

test('a cookie of another Service, signed with the same secret, finishes nothing', async () => {
  const { browser, name, value, finish, nothingHappened } = await underWay();
  const key = await crypto.subtle.importKey(
    'raw',
    Buffer.from(cookieSecret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const content = value.slice(0, value.lastIndexOf('.'));
  const sign = async (service: string) => {
    const message = Buffer.from(`verify-passkeys ${service} ${content}`);
    return Buffer.from(await crypto.subtle.sign('HMAC', key, message)).toString('base64url');
  };
  expect(`${content}.${await sign(`VA${'1'.repeat(32)}`)}`).toBe(value);
  browser.cookies.set(name, `${content}.${await sign(`VA${'9'.repeat(32)}`)}`);
  expect(await finish()).toMatchObject(refused(409, 'ceremony_mismatch'));
  nothingHappened();
});

test('an expired ceremony is answered with 410, and its cookie is cleared', async () => {
  const { browser, name, value, finish, nothingHappened } = await underWay();
  const now = Date.now;
  try {
    // The first millisecond that is too late.
    Date.now = () => Number(parts(value)[4]);
    expect(await finish()).toMatchObject(refused(410, 'ceremony_expired'));
  } finally {
    Date.now = now;
  }
  expect(browser.cookies.has(name)).toBe(false);
  nothingHappened();
});

test('after a rotation, ceremonies begun with the old secret can be finished until it is removed', async () => {
  const older = 'an older secret of 32 characters';
  const newer = 'a newer secret of 32 characters or more';
  const stage = setUp({ relay: { cookieSecret: older } });
  let { relay } = stage;
  const browser = openBrowser({ relay: (request) => relay(request) }, ada);
  const passkey = await browser.register();
  const [first, second] = [await browser.begin('Challenges'), await browser.begin('Challenges')];
  relay = stage.again({ cookieSecret: [newer, older] });
  expect((await browser.post('ApproveChallenge', await passkey.sign(first.challenge))).status).toBe(200);
  relay = stage.again({ cookieSecret: newer });
  expect(await browser.post('ApproveChallenge', await passkey.sign(second.challenge))).toMatchObject(
    refused(409, 'ceremony_mismatch'),
  );
  expect(stage.approvals).toHaveLength(1);
});

test('if the platform fails to import the secret once, the server gets that error, and the next call succeeds', async () => {
  const browser = openBrowser(setUp());
  const { importKey } = crypto.subtle;
  try {
    crypto.subtle.importKey = () => Promise.reject(new Error('no key today'));
    await expect(browser.begin('Challenges')).rejects.toThrow('no key today');
  } finally {
    crypto.subtle.importKey = importKey;
  }
  await browser.begin('Challenges');
});

test('two tabs can finish their ceremonies at the same time', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const [first, second] = await Promise.all([browser.begin('Challenges'), browser.begin('Challenges')]);
  for (const { challenge } of [second, first]) {
    expect((await browser.post('ApproveChallenge', await passkey.sign(challenge))).status).toBe(200);
  }
  expect(stage.approvals).toHaveLength(2);
});

test('a registration and a sign-in in the same browser can both be finished', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const registration = await browser.begin('Factors');
  const signIn = await browser.begin('Challenges');
  const verified = await browser.post(
    'VerifyFactor',
    (await createAuthenticator()).register(registration.challenge),
  );
  expect(verified.status).toBe(200);
  expect((await browser.post('ApproveChallenge', await passkey.sign(signIn.challenge))).status).toBe(200);
});

test('the sixth ceremony replaces the oldest one, whether registration or sign-in', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  // A registration lives twice as long as a sign-in, but the one that began first must still go first.
  const oldest = await at(-60, () => browser.begin('Factors'));
  const others = [];
  for (let i = 0; i < 5; i++) others.push(await at(i - 30, () => browser.begin('Challenges')));
  expect(browser.cookies.size).toBe(1 + 5);
  const late = await browser.post('VerifyFactor', (await createAuthenticator()).register(oldest.challenge));
  expect(late).toMatchObject(refused(409, 'ceremony_mismatch'));
  for (const { challenge } of others) {
    expect((await browser.post('ApproveChallenge', await passkey.sign(challenge))).status).toBe(200);
  }
});

test('beginning a ceremony clears expired ones, which do not count towards the limit', async () => {
  const browser = openBrowser(setUp(), ada);
  const { challenge } = await browser.begin('Factors');
  for (let i = 0; i < 4; i++) await at(i, () => browser.begin('Challenges'));
  expect(browser.cookies.size).toBe(1 + 5);
  await at(360, () => browser.begin('Challenges'));
  expect(browser.cookies.size).toBe(1 + 2);
  const passkey = await createAuthenticator();
  const verified = await at(361, () => browser.post('VerifyFactor', passkey.register(challenge)));
  expect(verified.status).toBe(200);
});

test("beginning a ceremony leaves another relay's cookies and all other cookies of the host alone", async () => {
  const stage = setUp();
  const other = stage.again({ cookieSecret: 'the secret of another relay, on this host' });
  let relay = stage.relay;
  const browser = openBrowser({ relay: (request) => relay(request) }, ada);
  browser.cookies.set('__Host-passkeys-theme', 'dark');
  const { challenge } = await browser.begin('Factors');
  relay = other;
  for (let i = 0; i < 6; i++) await browser.begin('Challenges');
  relay = stage.relay;
  const verified = await browser.post('VerifyFactor', (await createAuthenticator()).register(challenge));
  expect(verified.status).toBe(200);
  expect(browser.cookies.get('__Host-passkeys-theme')).toBe('dark');
});

test('a replayed finish is refused, whether its cookie was cleared or kept', async () => {
  const { stage, browser, name, value, finish } = await underWay();
  expect((await finish()).status).toBe(200);
  expect(await finish()).toMatchObject(refused(409, 'no_ceremony_cookie'));
  browser.cookies.set(name, value);
  expect(await finish()).toMatchObject(refused(403, 60322));
  expect(stage.approvals).toHaveLength(1);
});

test('only one of two simultaneous finishes signs in', async () => {
  const { stage, finish } = await underWay();
  const answers = await Promise.all([finish(), finish()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  expect(stage.approvals).toHaveLength(1);
});

test('the relay has no ceremony state: another relay with the same settings finishes the ceremony', async () => {
  const stage = setUp();
  let { relay } = stage;
  const browser = openBrowser({ relay: (request) => relay(request) }, ada);
  const passkey = await browser.register();
  const { challenge } = await browser.begin('Challenges');
  relay = stage.again();
  expect((await browser.post('ApproveChallenge', await passkey.sign(challenge))).status).toBe(200);
});
