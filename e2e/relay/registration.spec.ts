/** No registration is lost if the page leaves, Verify's answer is lost or the store fails for a moment. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { expect, test } from '@playwright/test';
import { createAuthenticator, page } from '../software-authenticator.ts';
import { serviceSid } from '../world.ts';
import { ada, bob, openBrowser, refused, type Stage, type StageConfig, setUp } from './stage.ts';

/** A stage with a browser that has created a credential and only has to post it. */
async function beginRegistration(config: StageConfig = {}) {
  const told: string[] = [];
  const onVerified = ({ sid: factorSid }: { sid: string }) => void told.push(factorSid);
  const stage = setUp({ ...config, relay: { onVerified, ...(config.relay as object) } });
  const browser = openBrowser(stage, ada);
  const passkey = await createAuthenticator();
  const { challenge } = await browser.begin('Factors');
  const credential = passkey.register(challenge);
  const sid = Buffer.from(challenge, 'base64url').toString();
  stage.upstream.length = 0;
  return { ...stage, stage, told, browser, passkey, credential, sid };
}

const isVerifyFactor = (request: Request) => request.url.endsWith('/VerifyFactor');
const methods = (stage: Stage) => stage.upstream.map(({ method }) => method);
const mayWork = { message: expect.stringContaining('It may work: try to sign in with it.') };

/** VerifyFactor gets half of this timeout. The rest must be enough for a busy machine to read the Factor. */
const impatient = { timeout: 3000 };

for (const [what, lose, relay] of [
  ['in a connection that breaks', () => Promise.reject(new TypeError('fetch failed')), {}],
  ['in a time-out', () => new Promise<never>(() => {}), impatient],
  ['in JSON that was cut', async () => new Response('{"sid":"YF'), {}],
  ["in a gateway's HTML", async () => new Response('<html>Bad gateway</html>', { status: 502 }), {}],
  [
    'in an error of Verify',
    async () => Response.json({ code: 20500, message: 'Sorry' }, { status: 500 }),
    {},
  ],
] as const) {
  test(`when the answer of VerifyFactor is lost ${what}, the Factor is read once and the passkey signs in`, async () => {
    const { stage, told, browser, passkey, credential, sid } = await beginRegistration({
      relay,
      verify: (request, answer) => (isVerifyFactor(request) ? answer().then(lose) : undefined),
    });
    const { status, body } = await browser.post('VerifyFactor', credential);
    expect({ status, body }).toMatchObject({ status: 200, body: { sid, status: 'verified', identity: ada } });
    expect(methods(stage)).toEqual(['POST', 'GET']);
    expect(stage.upstream[1]!.path).toMatch(new RegExp(`/Entities/${ada}/Factors/${sid}$`));
    expect(told).toEqual([sid]);
    await openBrowser(stage).signIn(passkey);
    expect(stage.approvals).toMatchObject([{ identity: ada, factorSid: sid, remembered: true }]);
  });

  test(`when VerifyFactor is lost ${what} before Verify acts, the page learns that the passkey may work`, async () => {
    const { stage, told, browser, credential } = await beginRegistration({
      relay,
      verify: (request) => (isVerifyFactor(request) ? lose() : undefined),
    });
    const { status, body } = await browser.post('VerifyFactor', credential);
    expect(status).toBeGreaterThanOrEqual(500);
    expect(body).toMatchObject(mayWork);
    expect(methods(stage)).toEqual(['POST', 'GET']);
    expect(told).toEqual([]);
    expect([...stage.storage.keys()].filter((key) => /:(credential|factor):/.test(key))).toEqual([]);
  });
}

test('if the store fails too when VerifyFactor is lost, the page learns that the passkey may work', async () => {
  const { stage, browser, credential } = await beginRegistration({
    verify: (request) =>
      isVerifyFactor(request) ? Promise.reject(new TypeError('fetch failed')) : undefined,
  });
  const get = stage.storage.get.bind(stage.storage);
  stage.storage.get = (key) => {
    if (key.includes(':factor:')) throw new Error('closed');
    return get(key);
  };
  const answer = await browser.post('VerifyFactor', credential);
  expect(answer).toMatchObject(refused(503, 'storage_unavailable'));
  expect(answer.body).toMatchObject(mayWork);
});

test('a Factor of another identity does not count as the one whose answer was lost', async () => {
  const { browser, credential, stage } = await beginRegistration({
    verify: async (request, emulate) => {
      const response = await emulate();
      if (isVerifyFactor(request)) throw new TypeError('fetch failed');
      if (request.method !== 'GET') return response;
      return Response.json({ ...((await response.json()) as object), identity: bob });
    },
  });
  const answer = await browser.post('VerifyFactor', credential);
  expect(answer).toMatchObject(refused(502, 'verify_unreachable'));
  expect(answer.body).toMatchObject(mayWork);
  expect([...stage.storage.keys()].filter((key) => /:(credential|factor):/.test(key))).toEqual([]);
});

test('a VerifyFactor answer with another Entity than the registration began with is refused', async () => {
  const { browser, credential, stage, told } = await beginRegistration({
    verify: async (request, answer) => {
      const response = await answer();
      if (request.url.endsWith('/Passkeys/Factors')) return response;
      return Response.json({ ...((await response.json()) as object), entity_sid: `YE${'f'.repeat(32)}` });
    },
  });
  expect(await browser.post('VerifyFactor', credential)).toMatchObject(refused(502, 'verify_invalid_answer'));
  expect(told).toEqual([]);
  expect([...stage.storage.keys()].filter((key) => /:(credential|factor):/.test(key))).toEqual([]);
});

test('if the options name no Entity, the one in the VerifyFactor answer counts, if it names one', async () => {
  for (const entity of [`YE${'f'.repeat(32)}`, undefined]) {
    const stage = setUp({
      verify: async (request, answer) => {
        const response = await answer();
        const factor = await response.json();
        if (isVerifyFactor(request)) return Response.json({ ...factor, entity_sid: entity ?? '' });
        factor.options.publicKey.user.id = 'AAAA';
        return Response.json({ ...factor, entity_sid: '' }, { status: 201 });
      },
    });
    const { sid } = await openBrowser(stage, ada).register();
    const kept = [...stage.storage.values()].find(
      (value) => value.includes(sid) && value.includes('identity'),
    );
    expect(JSON.parse(kept!).entitySid).toBe(entity);
  }
});

for (const [what, isSilent] of [
  ['VerifyFactor answer has', isVerifyFactor],
  ['answers have', () => true],
] as const) {
  test(`a passkey whose ${what} no Entity is stored with the Entity of its creation options`, async () => {
    const stage = setUp({
      verify: async (request, answer) => {
        const response = await answer();
        if (!request.url.includes('Factor') || !isSilent(request)) return response;
        const factor = (await response.json()) as object;
        return Response.json({ ...factor, entity_sid: '' }, { status: response.status });
      },
    });
    const passkey = await openBrowser(stage, ada).register();
    const entitySid = Buffer.from(passkey.userHandle!, 'base64url').toString();
    const kept = [...stage.storage.values()].find(
      (value) => value.includes(passkey.sid) && value.includes('identity'),
    );
    expect(JSON.parse(kept!)).toMatchObject({ entitySid });
    const { userHandle: _, ...withoutHandle } = passkey;
    for (const signer of [passkey, withoutHandle]) {
      expect((await openBrowser(stage).signIn(signer)).status).toBe(200);
    }
    expect(stage.approvals).toMatchObject([
      { identity: ada, entitySid },
      { identity: ada, entitySid },
    ]);
  });
}

test('a relay behind a real server stores a registration whose page hangs up', async () => {
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let goOn = () => {};
  const hungUp = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let ended = () => {};
  const done = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const stage = setUp({
    relay: { origins: [page.origin], onVerified: () => {} },
    verify: async (request, emulate) => {
      if (!isVerifyFactor(request)) return emulate();
      arrive();
      await hungUp;
      request.signal.throwIfAborted();
      return emulate();
    },
  });
  const leaving = new AbortController();
  let leftAt: AbortSignal | undefined;
  const server = serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      if (!isVerifyFactor(request)) return stage.relay(request);
      leftAt = request.signal;
      return stage.relay(request).finally(ended);
    },
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const relay = (request: Request) =>
    fetch(new Request(`http://127.0.0.1:${port}${new URL(request.url).pathname}`, request), {
      signal: isVerifyFactor(request) ? leaving.signal : null,
    });
  const browser = openBrowser({ relay }, ada);
  const passkey = await createAuthenticator();
  const { challenge } = await browser.begin('Factors');
  const answer = browser.post('VerifyFactor', passkey.register(challenge));
  await arrived;
  leaving.abort();
  await expect(answer).rejects.toThrow();
  await expect.poll(() => leftAt?.aborted).toBe(true);
  goOn();
  await done;
  await openBrowser(stage).signIn(passkey);
  expect(stage.approvals).toMatchObject([{ identity: ada, remembered: true }]);
  server.close();
});

test('a passkey signs in even if its page left after the call reached Verify', async () => {
  const pageLeaves = new AbortController();
  const { stage, credential, passkey, browser, told, sid } = await beginRegistration({
    verify: async (request, answer) => {
      if (isVerifyFactor(request)) pageLeaves.abort();
      request.signal.throwIfAborted();
      return answer();
    },
  });
  const relay = (request: Request) => stage.relay(new Request(request, { signal: pageLeaves.signal }));
  const leaving = openBrowser({ relay }, ada);
  for (const [name, value] of browser.cookies) leaving.cookies.set(name, value);
  await leaving.post('VerifyFactor', credential);
  expect(told).toEqual([sid]);
  await openBrowser(stage).signIn(passkey);
  expect(stage.approvals).toMatchObject([{ identity: ada, factorSid: sid, remembered: true }]);
});

test('a write to the store that fails once is tried again, first the key that a sign-in needs', async () => {
  const storage = new Map<string, string>();
  const written: string[] = [];
  const failed = new Set<string>();
  const { browser, credential } = await beginRegistration({
    relay: {
      storage: {
        get: (key) => storage.get(key),
        delete: (key) => storage.delete(key),
        set: (key, value) => {
          const [, kind = ''] = key.split(':');
          written.push(kind);
          if (kind !== 'alive' && !failed.has(key)) {
            failed.add(key);
            throw new Error('connection lost');
          }
          storage.set(key, value);
        },
      },
    },
  });
  expect((await browser.post('VerifyFactor', credential)).status).toBe(200);
  // The app's onVerified accepted it.
  const accepted = ['credential', 'factor'];
  expect(written).toEqual([
    'alive',
    'newest',
    'newest',
    'credential',
    'credential',
    'factor',
    'factor',
    ...accepted,
  ]);
});

for (const half of ['', '{"ident', '{"identity":"']) {
  test(`when the store keeps ${half || 'an empty text'} of a new owner, the page gets 503 and learns that the passkey may work`, async () => {
    const storage = new Map<string, string>();
    const { told, browser, credential } = await beginRegistration({
      relay: {
        storage: {
          get: (key) => storage.get(key),
          delete: (key) => storage.delete(key),
          set: (key, value) => void storage.set(key, key.includes(':credential:') ? half : value),
        },
      },
    });
    const answer = await browser.post('VerifyFactor', credential);
    expect(answer).toMatchObject(refused(503, 'storage_unavailable'));
    expect(answer.body).toMatchObject(mayWork);
    expect(told).toEqual([]);
  });
}

test('the same credential posted again while the cookie is valid succeeds again', async () => {
  const { stage, browser, credential, sid, told } = await beginRegistration();
  const cookies = new Map(browser.cookies);
  const first = await browser.post('VerifyFactor', credential);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  const kept = new Map(stage.storage);
  const second = await browser.post('VerifyFactor', credential);
  expect(second).toMatchObject({ status: 200, body: first.body });
  expect(second.headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')]);
  expect(told).toEqual([sid, sid]);
  expect(stage.storage).toEqual(kept);
});

test('a registration that the app failed to judge is remembered once it is posted again', async () => {
  let isDown = true;
  const onVerified = () => {
    if (isDown) throw new Error('the app is down');
  };
  const { stage, browser, credential, passkey } = await beginRegistration({ relay: { onVerified } });
  await expect(browser.post('VerifyFactor', credential)).rejects.toThrow('the app is down');
  isDown = false;
  expect((await browser.post('VerifyFactor', credential)).status).toBe(200);
  await openBrowser(stage).signIn(passkey);
  expect(stage.approvals).toMatchObject([{ identity: ada, remembered: true }]);
});

test('when the first post could not be remembered, the second succeeds but sets no owner', async () => {
  const { stage, browser, credential, passkey } = await beginRegistration();
  const cookies = new Map(browser.cookies);
  await browser.post('VerifyFactor', credential);
  stage.storage.clear();
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  expect((await browser.post('VerifyFactor', credential)).status).toBe(200);
  expect([...stage.storage.keys()].filter((key) => /:(credential|factor):/.test(key))).toEqual([]);
  await openBrowser(stage).signIn(passkey);
  expect(stage.approvals).toMatchObject([{ identity: ada, remembered: false }]);
});

test('a passkey that the app refused is refused again if it is posted again, and then deleted at Verify', async () => {
  let isDown = true;
  const { stage, browser, credential } = await beginRegistration({
    relay: { onVerified: () => false },
    verify: ({ method }) => (isDown && method === 'DELETE' ? Promise.reject(new Error('down')) : undefined),
  });
  const cookies = new Map(browser.cookies);
  for (const sent of [['POST', 'DELETE'], ['DELETE']]) {
    stage.upstream.length = 0;
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect(await browser.post('VerifyFactor', credential)).toMatchObject(refused(403, 'not_allowed'));
    expect(methods(stage)).toEqual(sent);
    isDown = false;
  }
  expect([...stage.storage.keys()].filter((key) => /:(credential|factor):/.test(key))).toEqual([]);
});

test("a credential id that the store knows as another user's, and no more of it, is not registered again; one's own is", async () => {
  const { stage, browser, credential } = await beginRegistration();
  const hash = createHash('sha256').update(credential.id).digest('base64url');
  const know = (identity: string) =>
    stage.storage.set(`${serviceSid}:credential:${hash}`, JSON.stringify({ identity }));
  know(bob);
  const again = await browser.post('VerifyFactor', credential);
  expect(again).toMatchObject(refused(409, 60317));
  expect(again.body).toMatchObject({ message: 'This passkey exists already.' });
  expect(stage.upstream).toEqual([]);
  know(ada);
  expect((await browser.post('VerifyFactor', credential)).status).toBe(200);
});

test('a 60383 for a Factor that is not verified reaches the page unchanged', async () => {
  const { browser, credential } = await beginRegistration({
    verify: async (request, answer) =>
      isVerifyFactor(request)
        ? Response.json({ code: 60383, message: 'No', more_info: null, status: 403 }, { status: 403 })
        : answer(),
  });
  expect(await browser.post('VerifyFactor', credential)).toMatchObject(refused(403, 60383));
});

test('another credential for the same challenge is refused with 60383 after the first is stored', async () => {
  const { stage, browser, credential } = await beginRegistration();
  const { clientDataJSON } = credential.response;
  const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString());
  const cookies = new Map(browser.cookies);
  await browser.post('VerifyFactor', credential);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  const kept = new Map(stage.storage);
  const other = (await createAuthenticator()).register(challenge);
  expect(await browser.post('VerifyFactor', other)).toMatchObject(refused(403, 60383));
  expect(stage.storage).toEqual(kept);
});

test('the same credential posted from another browser finishes nothing', async () => {
  const { stage, browser, credential } = await beginRegistration();
  await browser.post('VerifyFactor', credential);
  for (const thief of [openBrowser(stage, ada), openBrowser(stage, bob)]) {
    await thief.begin('Factors');
    expect(await thief.post('VerifyFactor', credential)).toMatchObject(refused(409, 'ceremony_mismatch'));
  }
});
