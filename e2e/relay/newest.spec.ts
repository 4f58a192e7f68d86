/** The relay calls a list complete only if it has the newest registration of the user. */
import { expect, test } from '@playwright/test';
import { createAuthenticator } from '../software-authenticator.ts';
import { serviceSid } from '../world.ts';
import { ada, openBrowser, refused, type Stage, type StageConfig, setUp } from './stage.ts';

const list = async (browser: ReturnType<typeof openBrowser>) => (await browser.send('GET', 'Factors')).body;
const isVerifyFactor = ({ url }: Request) => url.endsWith('/VerifyFactor');

/** A stage in which Verify finds none of the `hidden` Factors, by a list or by their SIDs. */
function setUpLag(config: StageConfig = {}) {
  const hidden = new Set<string>();
  const stage = setUp({
    ...config,
    verify: async (request, answer) => {
      const { pathname } = new URL(request.url);
      const missing = Response.json(
        { code: 60390, status: 404, message: 'No', more_info: null },
        { status: 404 },
      );
      if (request.method === 'GET' && hidden.has(pathname.split('/').at(-1)!)) return missing;
      if (hidden.size > 0 && pathname.endsWith('/ApproveChallenge')) return missing;
      const response = await (config.verify?.(request, answer) ?? answer());
      if (request.method !== 'GET' || !pathname.endsWith('/Factors') || !response.ok) return response;
      const { factors } = (await response.json()) as { factors: { sid: string }[] };
      return Response.json({ factors: factors.filter(({ sid }) => !hidden.has(sid)) });
    },
  });
  return { stage, hidden };
}

/** Makes the user's newest registration more than ten minutes old. */
function makeOlder({ storage }: Stage) {
  const key = [...storage.keys()].find((name) => name.includes(':newest:'))!;
  const newest = JSON.parse(storage.get(key)!);
  storage.set(key, JSON.stringify({ ...newest, at: Date.now() - 601_000 }));
}

test('a list of Verify that lacks the newest passkey is not complete, and is complete once Verify finds it', async () => {
  const { stage, hidden } = setUpLag();
  const browser = openBrowser(stage, ada);
  await browser.register();
  expect(await list(browser)).toMatchObject({ complete: true });
  const { sid } = await browser.register();
  hidden.add(sid);
  expect(await list(openBrowser(stage, ada))).toMatchObject({ factors: [{}], complete: false });
  hidden.clear();
  expect(await list(browser)).toMatchObject({ factors: [{}, {}], complete: true });
});

test('a list that Verify made before a registration is not complete if the relay answers it later', async () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let holds = false;
  const { stage } = setUpLag({
    verify: async (request, answer) => {
      const response = await answer();
      if (holds && request.method === 'GET') {
        holds = false;
        await opened;
      }
      return response;
    },
  });
  const browser = openBrowser(stage, ada);
  await browser.register();
  holds = true;
  const older = list(openBrowser(stage, ada));
  await expect.poll(() => holds).toBe(false);
  await browser.register();
  open();
  expect(await older).toMatchObject({ factors: [{}], complete: false });
});

test('a registration that Verify refuses for good is forgotten, and one whose answer was lost is not', async () => {
  let answers = Response.json({ code: 60311, status: 403, message: 'No', more_info: null }, { status: 403 });
  let fails = false;
  const { stage } = setUpLag({
    verify: (request, answer) => (fails && isVerifyFactor(request) ? Promise.resolve(answers) : answer()),
  });
  const browser = openBrowser(stage, ada);
  await browser.register();
  fails = true;
  const post = async () => {
    const { challenge } = await browser.begin('Factors');
    return browser.post('VerifyFactor', (await createAuthenticator()).register(challenge));
  };
  expect(await post()).toMatchObject(refused(403, 60311));
  expect(await list(browser)).toMatchObject({ complete: true });
  answers = new Response('<h1>Bad gateway</h1>', { status: 502 });
  expect((await post()).status).toBe(502);
  expect(await list(browser)).toMatchObject({ complete: false });
  // Ten minutes later Verify has it unverified, and takes it no longer.
  makeOlder(stage);
  expect(await list(browser)).toMatchObject({ complete: true });
});

test('the newest passkey is asked for once Verify had time to find it: one that is gone no longer matters', async () => {
  const { stage, hidden } = setUpLag();
  const browser = openBrowser(stage, ada);
  await browser.register();
  const { sid } = await browser.register();
  hidden.add(sid);
  expect(await list(browser)).toMatchObject({ complete: false });
  makeOlder(stage);
  expect(await list(browser)).toMatchObject({ complete: true });
});

for (const [what, value] of [
  ['has no newest registration', undefined],
  ['holds half of it', '{"at":'],
  ['holds another value', '7'],
] as const) {
  test(`a list is not complete for ten minutes if the store ${what}`, async () => {
    const stage = setUp();
    const browser = openBrowser(stage, ada);
    await browser.register();
    const key = [...stage.storage.keys()].find((name) => name.includes(':newest:'))!;
    if (value === undefined) stage.storage.delete(key);
    else stage.storage.set(key, value);
    expect(await list(browser)).toMatchObject({ complete: false });
    expect(await list(browser)).toMatchObject({ complete: false });
    const { at } = JSON.parse(stage.storage.get(key)!);
    stage.storage.set(key, JSON.stringify({ at: at - 600_000 }));
    expect(await list(browser)).toMatchObject({ complete: true });
  });
}

test('a sign-in with a passkey that Verify does not find yet is refused with verify_invalid_answer, not with 60390', async () => {
  const { stage, hidden } = setUpLag();
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  hidden.add(passkey.sid);
  const early = await browser.signIn(passkey);
  expect(early).toMatchObject(refused(502, 'verify_invalid_answer'));
  expect(early.body.message).toContain('try again in a moment');
  // Ten minutes later Verify would find it, if it still had it.
  makeOlder(stage);
  expect(await browser.signIn(passkey)).toMatchObject(refused(404, 60390));
  await browser.register();
  // If the store does not say which one is the newest, it may be this one.
  const storage = {
    get: (key: string) => {
      if (key.includes(':newest:')) throw new Error('the store is down');
      return stage.storage.get(key);
    },
    set: () => {},
    delete: () => {},
  };
  const doubting = openBrowser({ relay: stage.again({ storage }) });
  expect(await doubting.signIn(passkey)).toMatchObject(refused(502, 'verify_invalid_answer'));
  expect(await browser.signIn(passkey)).toMatchObject(refused(404, 60390));
});

test('a store that cannot write the notes about passkeys stops no registration, no list and no removal', async () => {
  let readOnly = /^$/;
  const kept = new Map<string, string>();
  const demandWritable = (key: string) => {
    if (readOnly.test(key)) throw new Error('The store is read-only.');
  };
  const storage = {
    get: (key: string) => kept.get(key),
    set: (key: string, value: string) => {
      demandWritable(key);
      kept.set(key, value);
    },
    delete: (key: string) => {
      demandWritable(key);
      kept.delete(key);
    },
  };
  const stage = setUp({ relay: { storage } });
  const browser = openBrowser(stage, ada);
  await browser.register();
  expect(
    stage.upstream.map(({ method }) => method),
    'calls of a registration',
  ).toEqual(['POST', 'POST']);
  readOnly = /:known:/;
  const older = await browser.register();
  readOnly = /^$/;
  const newest = await browser.register();
  readOnly = /:(known|newest):/;
  for (const { sid } of [older, newest]) {
    expect(await browser.send('DELETE', `Factors/${sid}`)).toMatchObject({ status: 200 });
  }
  kept.delete([...kept.keys()].find((key) => key.includes(':newest:'))!);
  expect(await list(browser)).toMatchObject({ factors: [{}], complete: false });
});

test('a passkey that is made while a list is answered is not taken for one that the list misses', async () => {
  const kept = new Map<string, string>();
  let reads = Number.NaN;
  let makeAnother = async () => {};
  const storage = {
    get: async (key: string) => {
      // The list has been judged, and what it shows is noted now.
      if (key.includes(':newest:') && ++reads === 2) await makeAnother();
      return kept.get(key);
    },
    set: (key: string, value: string) => void kept.set(key, value),
    delete: (key: string) => void kept.delete(key),
  };
  const stage = setUp({ relay: { storage } });
  const browser = openBrowser(stage, ada);
  await browser.register();
  let made: Awaited<ReturnType<typeof browser.register>> | undefined;
  makeAnother = async () => {
    made = await openBrowser(stage, ada).register();
  };
  reads = 0;
  expect(await list(browser)).toMatchObject({ factors: [{}], complete: true });
  await expect.poll(() => made).toBeDefined();
  // Whatever the first list began is over when another has been answered.
  await list(browser);
  expect((await browser.signIn(made!)).status).toBe(200);
  expect(stage.approvals).toMatchObject([{ remembered: true }]);
});

test('the store notes the newest 500 passkeys of a user beside the last one, and no more', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const first = await browser.register();
  const key = `${serviceSid}:known:${ada}`;
  const noted = Array.from({ length: 500 }, (_, i) => [`YF${String(i).padStart(32, '0')}`, Date.now()]);
  stage.storage.set(key, JSON.stringify(Object.fromEntries(noted)));
  await browser.register();
  const sids = [...noted.slice(1).map(([sid]) => sid), first.sid];
  expect(Object.keys(JSON.parse(stage.storage.get(key)!))).toEqual(sids);
});
