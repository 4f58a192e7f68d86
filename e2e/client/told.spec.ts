/**
 * Each guard of what the browser is told, with stand-ins for its storage, its clock and its Signal API. The page specs
 * of the Signal API try the same in Chromium.
 */
import { expect, test } from '@playwright/test';
import { createPasskeys, type PasskeyEvent } from 'verify-passkeys';
import { ada, openBrowser, setUp } from '../relay/stage.ts';
import { createAuthenticator } from '../software-authenticator.ts';

const prefix = 'verify-passkeys.recent.';
const entitySid = `YE${'1'.repeat(32)}`;
const userId = Buffer.from(entitySid).toString('base64url');
const sidOf = (digit: string) => `YF${digit.repeat(32)}`;
const now = 1_800_000_000_000;

/** Keeps each item as a member of its own, as browsers do. */
class Items {
  [key: string]: unknown;
  getItem(key: string) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }
  setItem(key: string, value: string) {
    this[key] = value;
  }
  removeItem(key: string) {
    delete this[key];
  }
}

class Forgetful extends Items {
  override setItem() {}
}
class Shortening extends Items {
  override setItem(key: string, value: string) {
    this[key] = value.slice(0, 1000);
  }
}
class Full extends Items {
  override setItem(key: string, value: string) {
    if (value.length > 1000) throw new DOMException('full', 'QuotaExceededError');
    this[key] = value;
  }
}
class Emptied extends Items {
  override getItem(key: string) {
    return key.startsWith(prefix) ? null : super.getItem(key);
  }
}

type Told = [signal: string, options: object];
let told: Told[];
let ahead: number;
let items: Items;

const set = (name: string, descriptor: PropertyDescriptor) =>
  Object.defineProperty(globalThis, name, { configurable: true, ...descriptor });
/** What this page itself remembers. */
const ofPage = (...own: [string, string][]) =>
  set(Symbol.for('verify-passkeys.recent') as never, { value: new Map(own), writable: true });
const store = (value: unknown) => set('localStorage', { value });
const written = (at: number, id?: string) => JSON.stringify({ at: now + at, id });

const realNow = Date.now;
const navigatorOfNode = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
/** Runs a test with these stand-ins. */
const inBrowser = (run: () => Promise<void>) => async () => {
  told = [];
  ahead = 0;
  items = new Items();
  store(items);
  ofPage();
  set('self', { value: { origin: 'https://login.example.com' } });
  const tell = (signal: string) => async (options: object) => void told.push([signal, options]);
  const signals = ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails'];
  set('PublicKeyCredential', {
    value: Object.assign(class {}, Object.fromEntries(signals.map((signal) => [signal, tell(signal)]))),
  });
  Date.now = () => now + ahead;
  try {
    await loadLateParts();
    told = [];
    await run();
  } finally {
    Date.now = realNow;
    for (const name of [
      'localStorage',
      'self',
      'PublicKeyCredential',
      'document',
      'isSecureContext',
      'navigator',
    ])
      Reflect.deleteProperty(globalThis, name);
    if (navigatorOfNode) set('navigator', navigatorOfNode);
    Reflect.deleteProperty(globalThis, Symbol.for('verify-passkeys.recent'));
  }
};

const factor = (digit: string, change: object = {}) => ({
  sid: sidOf(digit),
  status: 'verified',
  entity_sid: entitySid,
  credential_id: `id-${digit}`,
  rp_id: 'example.com',
  ...change,
});
const complete = { factors: [factor('1'), factor('2')], complete: true };

/** Passkeys whose relay answers with these texts, one after the other. */
function open(...answers: unknown[]) {
  const answer = async () => {
    const next = answers.shift();
    const said = typeof next === 'function' ? await next() : next;
    return said === null ? new Response(null, { status: 204 }) : Response.json(said);
  };
  // A busy machine loads the late parts slowly.
  return createPasskeys({ baseUrl: 'https://login.example.com/passkeys', fetch: answer, timeout: 60_000 });
}

/** What the browser is told of this list. */
async function toldOf(answer: unknown = complete): Promise<Told[]> {
  told = [];
  await open(answer).list();
  return told;
}

/** The part that tells the browser loads late, and the page waits a second for it. A busy machine may need longer. */
async function loadLateParts(): Promise<void> {
  for (let tries = 0; tries < 5; tries++) if ((await toldOf()).length > 0) return;
}

const all: Told = [
  'signalAllAcceptedCredentials',
  { rpId: 'example.com', userId, allAcceptedCredentialIds: ['id-1', 'id-2'] },
];

test(
  'a complete list is told, and a list is not told if one id, the user or its completeness is unknown',
  inBrowser(async () => {
    expect(await toldOf()).toEqual([all]);
    for (const doubt of [
      { ...complete, complete: false },
      { factors: complete.factors },
      { ...complete, complete: 'true' },
      { ...complete, factors: [factor('1'), factor('2', { credential_id: undefined })] },
      { ...complete, factors: [factor('1', { entity_sid: undefined }), factor('2')] },
      { ...complete, factors: [] },
    ]) {
      expect(await toldOf(doubt), JSON.stringify(doubt)).toEqual([]);
    }
    const unnamed = { ...complete, factors: [factor('1', { rp_id: undefined })] };
    expect(await toldOf(unnamed)).toEqual([
      [all[0], { rpId: 'login.example.com', userId, allAcceptedCredentialIds: ['id-1'] }],
    ]);
  }),
);

test(
  'what this browser made in the last ten minutes must be in the list, and what cannot be read is in doubt for as long',
  inBrowser(async () => {
    const long = (length: number) => written(-700_000, 'z').padEnd(length, ' ');
    for (const [item, isTold] of [
      [written(0, 'id-1'), true],
      [written(0, 'id-3'), false],
      [written(0), false],
      [written(-599_999, 'id-3'), false],
      [written(-600_000, 'id-3'), true],
      [written(1, 'id-1'), false],
      [long(2000), true],
      [long(2001), false],
      ['x', false],
      ['[]', false],
      ['{"id":"id-1"}', false],
      [`{"at":"${now}","id":"id-1"}`, false],
      [`{"at":${now},"id":1}`, false],
    ] as const) {
      items.setItem(`${prefix}1`, item);
      expect((await toldOf()).length > 0, item.slice(0, 60)).toBe(isTold);
      // What is over is removed, and what is in doubt is over ten minutes later.
      const isOver = isTold && item !== written(0, 'id-1');
      expect(Object.keys(items)).toEqual(isOver ? [] : [`${prefix}1`]);
      ahead = 600_000;
      expect(await toldOf(), item.slice(0, 60)).toEqual([all]);
      expect(Object.keys(items)).toEqual([]);
      ahead = 0;
    }
    items.setItem('another script', written(0, 'id-3'));
    expect(await toldOf()).toEqual([all]);
    items.setItem(`${prefix}1`, written(0, 'id-1'));
    items.setItem(`${prefix}2`, written(0, 'id-3'));
    expect(await toldOf(), 'one of two is in the list').toEqual([]);
  }),
);

test(
  'what this page made itself stays recent if the app clears its storage or another tab writes over it',
  inBrowser(async () => {
    ofPage([`${prefix}1`, written(0, 'id-3')]);
    expect(await toldOf()).toEqual([]);
    items.setItem(`${prefix}1`, written(0, 'id-1'));
    expect(await toldOf()).toEqual([]);
    ahead = 600_000;
    expect(await toldOf()).toEqual([all]);
    ahead = 0;
    store(new Emptied());
    (globalThis.localStorage as unknown as Items)[`${prefix}2`] = written(0, 'id-3');
    expect(await toldOf(), 'another tab removes an item while it is read').toEqual([all]);
  }),
);

test(
  'nothing is told if the storage is missing, refused, full, or forgets or shortens what is written',
  inBrowser(async () => {
    for (const value of [undefined, null, new Forgetful(), new Shortening(), new Full()]) {
      store(value);
      expect(await toldOf(), value?.constructor.name).toEqual([]);
    }
    set('localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    expect(await toldOf()).toEqual([]);
  }),
);

test(
  'a list is told if it is at most five minutes old, and newer than the last that was told and the last removal',
  inBrowser(async () => {
    const after = (milliseconds: number) => () => {
      ahead = milliseconds;
      return complete;
    };
    for (const [age, expected] of [
      [300_000, [all]],
      [300_001, []],
      [-1, []],
    ] as const) {
      ahead = 0;
      expect(await toldOf(after(age)), String(age)).toEqual(expected);
    }
    ahead = 0;
    for (const between of ['list', 'remove'] as const) {
      let answer = (_: unknown) => {};
      const slow = open(() => new Promise((resolve) => (answer = resolve))).list();
      if (between === 'list') expect(await toldOf()).toEqual([all]);
      else await open(null).remove(sidOf('1'));
      told = [];
      answer(complete);
      await slow;
      expect(told, `a list that was asked for before a ${between}`).toEqual([]);
    }
    expect(await toldOf()).toEqual([all]);
  }),
);

test(
  'the names of the account are told if the relay gives a name and the user is known, and the name stands for a display name',
  inBrowser(async () => {
    const others = factor('2', { entity_sid: undefined, rp_id: undefined });
    const named = { factors: [factor('1'), others], user_name: 'ada@example.com' };
    const names = (displayName: string): Told => [
      'signalCurrentUserDetails',
      { rpId: 'example.com', userId, name: 'ada@example.com', displayName },
    ];
    expect(await toldOf(named)).toEqual([names('ada@example.com')]);
    expect(await toldOf({ ...named, display_name: 'Ada' })).toEqual([names('Ada')]);
    expect(await toldOf({ factors: complete.factors, display_name: 'Ada' })).toEqual([]);
    expect(await toldOf({ ...named, factors: [factor('1', { entity_sid: undefined })] })).toEqual([]);
  }),
);

test(
  'of a removed passkey the browser is told, and it is recent no more, but only if the answer names it',
  inBrowser(async () => {
    const removed = async (answer: unknown) => {
      told = [];
      await open(answer).remove(sidOf('3'));
      return told;
    };
    items.setItem(`${prefix}3`, written(0, 'id-3'));
    items.setItem(`${prefix}4`, written(0, 'id-4'));
    for (const answer of [null, factor('4'), factor('3', { credential_id: undefined })]) {
      expect(await removed(answer)).toEqual([]);
      expect(Object.keys(items)).toHaveLength(2);
    }
    const unknown: Told = ['signalUnknownCredential', { rpId: 'example.com', credentialId: 'id-3' }];
    expect(await removed(factor('3'))).toEqual([unknown]);
    expect(Object.keys(items)).toEqual([`${prefix}4`]);
    store(undefined);
    expect(await removed(factor('3'))).toEqual([unknown]);
  }),
);

/** A page before a real relay, with one software passkey. `isGone` says that the relay answers a sign-in with Verify's 60390. */
async function openPage(onEvent?: (event: PasskeyEvent) => void) {
  const state = {
    isGone: false,
    passkey: await createAuthenticator(),
    userHandle: undefined as string | undefined,
  };
  // A busy machine loads the late parts slowly.
  const browser = openBrowser(setUp({ relay: { timeout: 50_000 } }), ada);
  const answer = (json: object) => ({ ...json, getClientExtensionResults: () => ({}) });
  const challengeOf = ({ challenge }: { challenge: ArrayBuffer }) =>
    Buffer.from(challenge).toString('base64url');
  const credentials = {
    create: async ({ publicKey }: { publicKey: { challenge: ArrayBuffer; user: { id: ArrayBuffer } } }) => {
      state.userHandle = Buffer.from(publicKey.user.id).toString('base64url');
      const { response, ...head } = state.passkey.register(challengeOf(publicKey));
      const { transports = [], ...signed } = response as { transports?: string[] };
      return answer({ ...head, response: { ...signed, getTransports: () => transports } });
    },
    get: async ({ publicKey }: { publicKey: { challenge: ArrayBuffer } }) =>
      answer(await state.passkey.sign(challengeOf(publicKey), { userHandle: state.userHandle })),
  };
  set('navigator', { value: { credentials } });
  set('document', { value: {} });
  set('isSecureContext', { value: true });
  const passkeys = createPasskeys({
    baseUrl: 'https://login.example.com/passkeys',
    ...(onEvent && { onEvent }),
    timeout: 60_000,
    async fetch(input, init) {
      const { method, url, body } = new Request(input, init);
      const route = url.split('/passkeys/')[1]!;
      if (state.isGone && route.startsWith('ApproveChallenge'))
        return Response.json({ code: 60390, status: 404, message: 'No' }, { status: 404 });
      const text = body ? await new Response(body).text() : undefined;
      const said = await browser.send(method, route, text);
      return Response.json(said.body, { status: said.status });
    },
  });
  return { passkeys, state };
}

test(
  'a passkey that Verify does not find is told as unknown, unless this browser made it lately or may be making it',
  inBrowser(async () => {
    const { passkeys, state } = await openPage();
    await passkeys.register();
    const { id } = state.passkey;
    const [item] = Object.values(items);
    expect(JSON.parse(String(item))).toEqual({ at: now, id });
    state.isGone = true;
    const signIn = async () => {
      told = [];
      await expect(passkeys.authenticate()).rejects.toMatchObject({ code: 'rejected' });
      return told;
    };
    expect(await signIn(), 'made lately').toEqual([]);
    ofPage();
    const key = `${prefix}9`;
    for (const [what, storage] of [
      ['made lately in another tab', Object.assign(new Items(), { [key]: written(0, id) })],
      ['may be being made', Object.assign(new Items(), { [key]: written(0) })],
      [
        'one of two was made lately',
        Object.assign(new Items(), { [key]: written(0, id), [`${prefix}8`]: written(0, 'id-8') }),
      ],
      ['nothing can be remembered', undefined],
    ] as const) {
      store(storage);
      expect(await signIn(), what).toEqual([]);
    }
    store(Object.assign(new Items(), { [key]: written(0, 'id-9') }));
    const unknown: Told = ['signalUnknownCredential', { rpId: 'example.com', credentialId: id }];
    expect(await signIn(), 'another passkey was made').toEqual([unknown]);
  }),
);

test(
  'an onEvent that throws, rejects or never answers changes nothing, and no rejection is unhandled',
  inBrowser(async () => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', hear);
    const odd = [
      () => {
        throw new Error('at once');
      },
      async () => Promise.reject(new Error('later')),
      () => new Promise<void>(() => {}),
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: an odd promise is what is tried.
        then() {
          throw new Error('as a promise');
        },
      }),
    ];
    for (const onEvent of odd) {
      let count = 0;
      const { passkeys } = await openPage(() => {
        count++;
        return onEvent() as never;
      });
      expect(await passkeys.register()).toMatchObject({ status: 'verified' });
      expect(await passkeys.authenticate()).toMatchObject({ status: 'approved' });
      expect(count).toBe(20);
    }
    // Node tells of a rejection that nobody handles once the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', hear);
    expect(unhandled).toEqual([]);
  }),
);

test(
  'rename() sends the nickname, and a passkey has all that the relay says of it',
  inBrowser(async () => {
    const sent: unknown[] = [];
    const answer = factor('1', {
      friendly_name: 'Laptop',
      date_created: '2026-01-01T00:00:00Z',
      aaguid: 'a',
      last_used: 'b',
    });
    const { rename } = createPasskeys({
      baseUrl: 'https://login.example.com/passkeys',
      async fetch(input, init) {
        sent.push(await new Request(input, init).json());
        return Response.json(answer);
      },
    });
    expect(await rename(sidOf('1'), 'Laptop')).toEqual({
      sid: sidOf('1'),
      friendlyName: 'Laptop',
      credentialId: 'id-1',
      dateCreated: '2026-01-01T00:00:00Z',
      aaguid: 'a',
      lastUsed: 'b',
    });
    const message = expect.stringContaining('YF and 32 hex digits');
    const rejection = { code: 'not_found', message, status: 404 };
    await expect(rename('../Challenges', 'Laptop')).rejects.toMatchObject({ code: 'rejected', rejection });
    expect(sent).toEqual([{ friendly_name: 'Laptop' }]);
  }),
);

test(
  'an answer that is no list rejects with "invalid_response", and the browser is told nothing of it',
  inBrowser(async () => {
    for (const factors of [undefined, 'none', [{ status: 'verified' }]]) {
      const answer = { factors, complete: true };
      await expect(open(answer).list()).rejects.toMatchObject({ code: 'invalid_response' });
    }
    expect(told).toEqual([]);
  }),
);

test(
  'a list resolves in a browser without the Signal API, and in one whose Signal API throws',
  inBrowser(async () => {
    for (const value of [
      undefined,
      {},
      { signalAllAcceptedCredentials: () => Promise.reject(new Error('no')) },
    ]) {
      set('PublicKeyCredential', { value });
      expect(await open(complete).list()).toHaveLength(2);
    }
  }),
);
