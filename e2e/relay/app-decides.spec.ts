/** The app decides what it accepts: each of its answers has one meaning, and an attacker's page cannot get around it. */
import { expect, test } from '@playwright/test';
import type { Refused, RelayConfig, Removal } from 'verify-passkeys/relay';
import { createAuthenticator, flag } from '../software-authenticator.ts';
import { ada, openBrowser, refused, type Stage, setUp } from './stage.ts';

type Hooks = Pick<RelayConfig, 'onApproved' | 'onVerified' | 'onRemove'>;

const nonsense: [what: string, answer: unknown][] = [
  ['null', null],
  ['a number', 1],
  ['a text', 'yes'],
  ['a record that is no headers', { approved: false }],
  ['a malformed name', { 'no name': 'x' }],
  ['a malformed value', [['set-cookie', 'a\nb']]],
  ['a list of one', [['set-cookie']]],
  ['a date', new Date(0)],
  ['a function', () => true],
  ['an answer of fetch', new Response(null, { headers: { 'set-cookie': 'a=b' } })],
  ['an empty Set', new Set()],
  ['bytes', new Uint8Array(0)],
  ['an error', new Error('no')],
  ['a Proxy without members', new Proxy(Object, {})],
  ['a thenable of nonsense', Object.fromEntries([['then', (done: (value: unknown) => void) => done('yes')]])],
];

/** What is kept of owners, without those that the app has not accepted. */
const accepted = ({ storage }: Stage) =>
  [...storage].filter(([key, value]) => key.includes(':credential:') && !value.includes('isClaimed'));

const passkeysOf = async (stage: Stage) =>
  (await openBrowser(stage, ada).send('GET', 'Factors')).body.factors;

async function register(stage: Stage, flags?: number) {
  const passkey = await createAuthenticator();
  const browser = openBrowser(stage, ada);
  const { challenge, user } = await browser.begin('Factors');
  const answer = await browser.post(
    'VerifyFactor',
    await passkey.register(challenge, flags ? { flags } : {}),
  );
  return { passkey: { ...passkey, userHandle: user!.id }, answer };
}

test('an app that answers nonsense ends in a TypeError, and nothing is approved, removed or remembered', async () => {
  const good = setUp();
  const { passkey, answer } = await register(good);
  for (const [what, given] of nonsense) {
    const hook = () => given as boolean;
    const told: Refused[] = [];
    const onRefused = (each: Refused) => void told.push(each);
    const bad = { relay: good.again({ onApproved: hook, onRemove: hook, onRefused }) };
    await expect(openBrowser(bad).signIn(passkey), what).rejects.toThrow(TypeError);
    await expect(openBrowser(bad, ada).send('DELETE', `Factors/${answer.body.sid}`), what).rejects.toThrow(
      TypeError,
    );
    expect(await passkeysOf(good)).toHaveLength(1);
    const came = given === null ? /but returned null$/ : /but returned (a \w+|headers with .+)$/;
    const cause = { name: 'TypeError', message: expect.stringMatching(came) };
    expect(told, what).toMatchObject([{ code: 'app_error', cause }, { code: 'app_error' }]);
    const fresh = setUp({ relay: { onVerified: hook } });
    await expect(register(fresh), what).rejects.toThrow(TypeError);
    expect(accepted(fresh)).toEqual([]);
  }
});

test('an app that throws or never answers ends as an error of the app, and nothing is removed', async () => {
  const stage = setUp();
  const { passkey, answer } = await register(stage);
  const hang = () => new Promise<never>(() => {});
  const fail = () => {
    throw new Error('the app is down');
  };
  const wall = () =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('nobody may look');
        },
      },
    );
  for (const [hook, said] of [
    [hang, 'did not answer in time'],
    [() => Object.fromEntries([['then', () => {}]]) as never, 'did not answer in time'],
    [fail, 'the app is down'],
    [wall, 'nobody may look'],
  ] as const) {
    const hooks: Hooks = { onApproved: hook, onRemove: hook };
    const bad = { relay: stage.again({ ...hooks, timeout: 1_000 }) };
    await expect(openBrowser(bad).signIn(passkey)).rejects.toThrow(said);
    await expect(openBrowser(bad, ada).send('DELETE', `Factors/${answer.body.sid}`)).rejects.toThrow(said);
    const fresh = setUp({ relay: { onVerified: hook, timeout: 1_000 } });
    await expect(register(fresh)).rejects.toThrow(said);
    expect(accepted(fresh)).toEqual([]);
  }
  expect(await passkeysOf(stage)).toHaveLength(1);
});

test('an identify() that throws, hangs or names nobody that can be begins nothing at Verify', async () => {
  for (const [what, answer, ends] of [
    ['a text', ada, 60420],
    ['a list', [ada], 60420],
    ['a function', () => ({ identity: ada }), 60420],
    ['true', true, 60420],
    ['a malformed identity', { identity: `${ada}\n` }, 60420],
    ['a list as the identity', { identity: [ada] }, 60420],
    ['a name that is no text', { identity: ada, userName: {} }, 'as a text'],
    ['a promise that never settles', new Promise(() => {}), 'identify() did not answer in time'],
    ['a promise that rejects', () => Promise.reject(new Error('the app is down')), 'the app is down'],
  ] as const) {
    const told: Refused[] = [];
    const identify = () => (what.endsWith('rejects') ? (answer as () => never)() : (answer as never));
    const onRefused = (each: Refused) => void told.push(each);
    const timeout = what.endsWith('never settles') ? 500 : 60_000;
    const stage = setUp({ relay: { identify, onRefused, timeout } });
    for (const [method, route] of [
      ['POST', 'Factors'],
      ['POST', 'Challenges'],
      ['GET', 'Factors'],
      ['DELETE', `Factors/YF${'1'.repeat(32)}`],
    ] as const) {
      const call = openBrowser(stage).send(method, route, method === 'POST' ? {} : undefined);
      if (typeof ends === 'number') expect(await call, what).toMatchObject(refused(400, ends));
      else await expect(call, what).rejects.toThrow(ends);
      expect(told.pop(), what).toMatchObject({ code: typeof ends === 'number' ? ends : 'app_error' });
    }
    expect(stage.upstream, what).toEqual([]);
  }
});

test('an onRefused that throws, rejects, hangs or answers nonsense changes no answer', async () => {
  const fail = () => {
    throw new Error('the app is down');
  };
  for (const onRefused of [
    () => {
      throw new Error('the log is full');
    },
    () => Promise.reject(new Error('the log is full')),
    () => new Promise(() => {}),
    () => ({ 'set-cookie': 'a=b' }),
    () => true,
  ]) {
    const stage = setUp({ relay: { onRefused: onRefused as () => void } });
    const answer = await openBrowser(stage).post('Factors', {});
    expect(answer).toMatchObject(refused(401, 'not_signed_in'));
    expect(answer.headers.getSetCookie()).toEqual([]);
    const broken = setUp({ relay: { onRefused: onRefused as () => void, identify: () => fail() } });
    await expect(openBrowser(broken).post('Factors', {})).rejects.toThrow('the app is down');
  }
});

test('a passkey that onVerified refuses is deleted at Verify, is never remembered and cannot sign in', async () => {
  const told: Refused[] = [];
  const stage = setUp({
    relay: { onVerified: ({ userVerified }) => userVerified, onRefused: (each) => void told.push(each) },
  });
  const { passkey, answer } = await register(stage, flag.userPresent | flag.attested);
  expect(answer).toMatchObject(refused(403, 'not_allowed'));
  expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=0')]);
  expect(told).toMatchObject([
    { code: 'not_allowed', message: expect.stringContaining('deleted at Verify') },
  ]);
  expect([...stage.storage.keys()].filter((key) => !key.endsWith(':alive'))).toEqual([]);
  expect(await passkeysOf(stage)).toEqual([]);
  expect(await openBrowser(stage).signIn(passkey)).toMatchObject({ body: { code: 60390 } });
  expect((await register(stage)).answer.status).toBe(200);
});

test('if a refused passkey cannot be deleted, it cannot sign in, after a restart either, and is deleted later', async () => {
  const told: Refused[] = [];
  let isDown = true;
  const stage = setUp({
    relay: { onVerified: () => false, onRefused: (each) => void told.push(each) },
    verify: ({ method }) => {
      if (isDown && method === 'DELETE') return Promise.reject(new Error('down'));
      return undefined;
    },
  });
  const { passkey, answer } = await register(stage);
  expect(answer).toMatchObject(refused(403, 'not_allowed'));
  expect(told).toMatchObject([{ message: expect.stringContaining('could not be deleted') }]);
  const restarted = { relay: stage.again({ onVerified: () => true }) };
  const kept = new Map(stage.storage);
  expect(await openBrowser(restarted).signIn(passkey)).toMatchObject(refused(403, 'not_allowed'));
  expect(told[1]).toMatchObject({ message: expect.stringContaining('its deletion is tried again') });
  expect(stage.approvals).toEqual([]);
  expect(stage.storage).toEqual(kept);
  isDown = false;
  expect((await openBrowser(restarted, ada).send('GET', 'Factors')).body.factors).toEqual([]);
  expect(await openBrowser(restarted).signIn(passkey)).toMatchObject({ body: { code: 60390 } });
});

test('onRefused tells a refused passkey that is gone from one that is still to be deleted, and from one that may sign in', async () => {
  const gone = { code: 60390, status: 404, message: 'No', more_info: null };
  const down = () => Promise.reject(new Error('Verify is down'));
  for (const [atVerify, isStoreDown, said, cause] of [
    [undefined, false, 'was deleted at Verify', undefined],
    [async () => Response.json(gone, { status: 404 }), false, 'was deleted at Verify', undefined],
    [undefined, true, 'was deleted at Verify', { message: 'the store is down' }],
    [down, false, 'its deletion is tried again', { message: 'Verify is down' }],
    [down, true, 'It may sign in: remove it with createAdmin', { message: 'Verify is down' }],
  ] as const) {
    const told: Refused[] = [];
    const kept = new Map<string, string>();
    let isAsked = false;
    const storage = {
      get: (key: string) => kept.get(key),
      set: (key: string, value: string) => {
        if (isAsked && isStoreDown) throw new Error('the store is down');
        kept.set(key, value);
      },
      delete: (key: string) => kept.delete(key),
    };
    const leaving = new AbortController();
    const onVerified = () => {
      isAsked = true;
      leaving.abort();
      return false;
    };
    const stage = setUp({
      relay: { storage, onVerified, onRefused: (each) => void told.push(each) },
      verify: ({ method }) => (method === 'DELETE' ? atVerify?.() : undefined),
    });
    // The page leaves while the app is asked, and the passkey is deleted all the same.
    const relay = (request: Request) => stage.relay(new Request(request, { signal: leaving.signal }));
    expect((await register({ ...stage, relay })).answer).toMatchObject(refused(403, 'not_allowed'));
    expect(stage.upstream.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    expect(told).toMatchObject([{ code: 'not_allowed', message: expect.stringContaining(said) }]);
    expect(told[0]?.cause).toEqual(cause && expect.objectContaining(cause));
  }
});

test('a refused passkey whose owner is uncertain is not marked in the store, and onRefused tells that it may sign in', async () => {
  const told: Refused[] = [];
  let accepts: boolean | undefined = true;
  const stage = setUp({
    relay: { onVerified: () => accepts, onRefused: (each) => void told.push(each) },
    verify: ({ method }) => (method === 'DELETE' ? Promise.reject(new Error('down')) : undefined),
  });
  const browser = openBrowser(stage, ada);
  const { challenge } = await browser.begin('Factors');
  const credential = await (await createAuthenticator()).register(challenge);
  const cookies = new Map(browser.cookies);
  await browser.post('VerifyFactor', credential);
  // The store is lost, and the credential id of a repeated post may be another user's.
  stage.storage.clear();
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  accepts = false;
  expect(await browser.post('VerifyFactor', credential)).toMatchObject(refused(403, 'not_allowed'));
  expect(told).toMatchObject([{ message: expect.stringContaining('It may sign in') }]);
  expect([...stage.storage.keys()].filter((key) => /:(credential|factor):/.test(key))).toEqual([]);
});

test('the list hides no passkey because another of the same credential id was refused', async () => {
  const stage = setUp();
  const [first, second] = [await register(stage), await register(stage)];
  const key = (part: string) => [...stage.storage.keys()].find((name) => name.includes(part))!;
  const { sid } = second.answer.body;
  stage.storage.set(key(`:factor:${sid}`), first.passkey.id);
  stage.storage.delete(key(`:factor:${first.answer.body.sid}`));
  for (const [name, value] of stage.storage)
    if (value.includes(`"${first.answer.body.sid}"`) && name.includes(':credential:'))
      stage.storage.set(name, JSON.stringify({ ...JSON.parse(value), isRefused: true }));
  expect(await passkeysOf(stage)).toMatchObject([{ sid: first.answer.body.sid }, { sid }]);
  expect(stage.upstream.filter(({ method }) => method === 'DELETE')).toEqual([]);
});

test('onRefused tells by the message which of the functions said no', async () => {
  const told: string[] = [];
  const onRefused = ({ message }: Refused) => void told.push(message);
  const stage = setUp({ relay: { onRefused } });
  const { passkey, answer } = await register(stage);
  const strict = { relay: stage.again({ onApproved: () => false, onRemove: () => false }) };
  await openBrowser(strict).signIn(passkey);
  await openBrowser(strict, ada).send('DELETE', `Factors/${answer.body.sid}`);
  await register(setUp({ relay: { onRefused, onVerified: () => false } }));
  expect(told).toEqual([
    'The app does not allow this.',
    'The app does not allow this passkey to be removed.',
    'The app does not accept this passkey. It was deleted at Verify.',
  ]);
});

test('onRemove hears what is removed, and its headers are added to the answer', async () => {
  const removals: Removal[] = [];
  const stage = setUp({
    relay: {
      onRemove: (removal) => {
        removals.push(removal);
        return { 'set-cookie': 'told=1' };
      },
    },
  });
  await register(stage);
  const { passkey, answer } = await register(stage);
  // A registration that is never finished is no passkey that remains.
  await openBrowser(stage, ada).begin('Factors');
  const removed = await openBrowser(stage, ada).send('DELETE', `Factors/${answer.body.sid}`);
  expect(removed.status).toBe(200);
  expect(removed.headers.getSetCookie()).toEqual(['told=1']);
  const { sid, friendly_name: friendlyName } = answer.body;
  const aaguid = '00000000-0000-0000-0000-000000000000';
  expect(removals).toEqual([
    { identity: ada, sid, friendlyName, credentialId: passkey.id, aaguid, remaining: 1 },
  ]);
});

test('onRemove may also answer with Headers or with a list of names and values', async () => {
  const pairs: [string, string][] = [
    ['set-cookie', 'told=1'],
    ['set-cookie', 'told=2'],
  ];
  for (const given of [pairs, new Headers(pairs)]) {
    const stage = setUp({ relay: { onRemove: () => given } });
    const { answer } = await register(stage);
    const removed = await openBrowser(stage, ada).send('DELETE', `Factors/${answer.body.sid}`);
    expect(removed.headers.getSetCookie()).toEqual(['told=1', 'told=2']);
  }
});

test('a guard of the last passkey holds, also if both of two passkeys are removed at once', async () => {
  const stage = setUp({ relay: { onRemove: ({ remaining }) => remaining > 0 } });
  const sids = [(await register(stage)).answer.body.sid, (await register(stage)).answer.body.sid];
  const answers = await Promise.all(
    sids.map((sid) => openBrowser(stage, ada).send('DELETE', `Factors/${sid}`)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  expect(answers.find(({ status }) => status === 403)).toMatchObject(refused(403, 'not_allowed'));
  expect(await passkeysOf(stage)).toHaveLength(1);
});

test("an app's credential without a usable attachment is completed as a page's is, in both ceremonies", async () => {
  for (const [attachment, transports, expected] of [
    [null, ['internal'], 'platform'],
    [undefined, ['usb', 'nfc'], 'cross-platform'],
    ['none', undefined, 'platform'],
    ['cross-platform', ['internal'], 'cross-platform'],
  ] as const) {
    const heard: unknown[] = [];
    const hear = (each: { authenticatorAttachment?: unknown }) =>
      void heard.push(each.authenticatorAttachment);
    const stage = setUp({ relay: { onVerified: hear, onApproved: hear } });
    const change = <T extends object>(credential: T) => ({
      ...credential,
      authenticatorAttachment: attachment,
    });
    const passkey = await createAuthenticator();
    const browser = openBrowser(stage, ada);
    const { challenge } = await browser.begin('Factors');
    const made = await passkey.register(challenge);
    const body = change({ ...made, response: { ...made.response, transports } });
    expect(await browser.post('VerifyFactor', body)).toMatchObject({ status: 200 });
    const begun = await browser.begin('Challenges');
    const signed = change(await passkey.sign(begun.challenge));
    expect(await browser.post('ApproveChallenge', signed)).toMatchObject({ status: 200 });
    // A page that completed it says so.
    const again = await browser.begin('Challenges');
    const completed = await passkey.sign(again.challenge);
    const route = 'ApproveChallenge?attachment=completed';
    expect(await browser.post(route, completed)).toMatchObject({ status: 200 });
    expect(heard.pop()).toBeUndefined();
    stage.upstream.pop();
    const sent = stage.upstream.filter(({ path }) => /VerifyFactor|ApproveChallenge/.test(path));
    const attachments = sent.map(({ body: text }) => JSON.parse(text).authenticatorAttachment);
    // A sign-in names no transports.
    expect(attachments).toEqual([expected, attachment === 'cross-platform' ? attachment : 'platform']);
    // The app hears only what the browser or the library said.
    const said = attachment === 'cross-platform' ? attachment : undefined;
    expect(heard).toEqual([said, said]);
  }
});
