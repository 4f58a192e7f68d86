/** What a browser says of the page or of another script is told as that, and never as the user's doing. */
import type { Page } from '@playwright/test';
import { spy } from '../spy.ts';
import { expect, expectRecovery, test } from '../test.ts';
import type { Outcome } from '../world.ts';

type Method = 'register' | 'authenticate' | 'immediate' | 'autofill';

/** Makes both calls of the browser throw these words, calls each method, and returns how each ended. */
const refuse = (page: Page, name: string, words: string, methods: Method[]) =>
  page.evaluate(
    async ([exception, message, wanted]) => {
      const say = async () => {
        throw new DOMException(message, exception);
      };
      Object.assign(PublicKeyCredential, {
        getClientCapabilities: async () => ({ immediateGet: true, conditionalGet: true }),
      });
      for (const call of ['create', 'get'])
        Object.defineProperty(navigator.credentials, call, { value: say, configurable: true });
      const calls = {
        register: () => passkeys.register(),
        authenticate: () => passkeys.authenticate(),
        immediate: () => passkeys.authenticate({ immediate: true }),
        autofill: () => passkeys.autofill(),
      };
      const ended: [Method, Outcome][] = [];
      for (const method of wanted) ended.push([method, await outcome(calls[method]())]);
      for (const call of ['create', 'get']) Reflect.deleteProperty(navigator.credentials, call);
      return ended;
    },
    [name, words, methods] as const,
  );

const prompts: Method[] = ['register', 'authenticate', 'immediate'];

// The sentences of the browsers' own sources.
const faultsOfThePage: [browser: string, words: string][] = [
  ['Chromium', 'WebAuthn is not supported on sites with TLS certificate errors.'],
  [
    'Chromium',
    "The 'publickey-credentials-get' feature is not enabled in this document. Permissions Policy may be used to delegate Web Authentication capabilities to cross-origin child frames.",
  ],
  [
    'Chromium',
    "The following credential operations can only occur in a document which is same-origin with all of its ancestors: storage/retrieval of 'PasswordCredential' and 'FederatedCredential', storage of 'PublicKeyCredential'.",
  ],
  ['Chromium', 'A user activation is required to create a credential in a cross-origin iframe.'],
  ['Chromium', 'The credential operation is not allowed in a fenced frame tree.'],
  [
    'Chromium',
    "The current origin is an opaque origin and hence not allowed to access 'PublicKeyCredential' objects.",
  ],
  ['Chromium', 'A user activation is required to request immediate credentials.'],
  ['Chromium', 'An allowCredentials is not allowed with immediate mediation.'],
  ['Chromium', 'Immediate mediation cannot be used with a remote desktop override request.'],
  ['Chromium', "This origin is not permitted to use the 'remoteDesktopClientOverride' extension."],
  ['Chromium', "The 'payment' extension is only valid when creating a credential"],
  ['Safari', 'The origin of the document is not the same as its ancestors.'],
  ['Safari', 'The document is not fully active.'],
  ['Safari', 'Read and write may not be present in largeBlob for registration.'],
];

test('a NotAllowedError that blames the page is "not_permitted" with the browser\'s words, from every method', async ({
  page,
  visit,
}) => {
  await visit();
  for (const [browser, words] of faultsOfThePage) {
    const ended = await refuse(page, 'NotAllowedError', words, [...prompts, 'autofill']);
    for (const [method, error] of ended)
      expect(error, `${browser}, ${method}: ${words}`).toMatchObject({
        code: 'not_permitted',
        message: expect.stringContaining(words),
        cause: `NotAllowedError: ${words}`,
      });
  }
  await expectRecovery(page);
});

test('if the browser wants focus or a click, the message says to try again from a button', async ({
  page,
  visit,
}) => {
  await visit();
  for (const words of [
    'The document is not focused.',
    'The operation is not allowed at this time because the page does not have focus.',
    'A user gesture is not detected.',
    'CredentialContainer request is not allowed.',
  ])
    for (const [method, error] of await refuse(page, 'NotAllowedError', words, prompts))
      expect(error, `${method}: ${words}`).toMatchObject({
        code: 'cancelled',
        message: `The browser asks only in the window in front, and some only after a click: try again, from a button: ${words}`,
      });
});

test('authenticate({ immediate: true }) keeps the words of the browser in its message', async ({
  page,
  visit,
}) => {
  await visit();
  const words = 'No immediate discoverable credentials are found.';
  const [ended] = await refuse(page, 'NotAllowedError', words, ['immediate']);
  expect(ended![1]).toMatchObject({
    code: 'no_credential',
    message: expect.stringContaining(words),
  });
});

test("another script's pending request is told as that, with what helps, and is not disturbed", async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await authenticator.hold();
  const watch = await spy(page);
  await page.evaluate(() => {
    const challenge = new Uint8Array(32);
    const stranger = { controller: new AbortController(), ended: '' };
    const { signal } = stranger.controller;
    navigator.credentials.get({ publicKey: { challenge }, signal }).then(
      () => Object.assign(stranger, { ended: 'signed' }),
      () => Object.assign(stranger, { ended: 'failed' }),
    );
    Object.assign(globalThis, { stranger });
  });
  await expect.poll(watch).toEqual(['get']);
  for (const method of ['register', 'authenticate'] as const) {
    expect(await page.evaluate((each) => outcome(passkeys[each]()), method), method).toMatchObject({
      code: 'authenticator_failed',
      message: expect.stringMatching(
        /^Another script of this page .*abort that request by its signal, or wait for its end, and try again: A request is already pending\.$/,
      ),
    });
  }
  expect(await page.evaluate('stranger.ended')).toBe('');
  await page.evaluate('stranger.controller.abort()');
  await authenticator.confirm();
  await expectRecovery(page);
});

test("Safari's and the password API's words for another script's request are told as that too", async ({
  page,
  visit,
}) => {
  await visit();
  for (const [name, words] of [
    ['NotAllowedError', 'This request has been cancelled by a new request.'],
    ['InvalidStateError', 'A request is already pending.'],
  ] as const) {
    for (const [method, error] of await refuse(page, name, words, prompts)) {
      expect(error, `${method}: ${words}`).toMatchObject({
        code: 'authenticator_failed',
        message: expect.stringContaining('Another script of this page'),
      });
    }
  }
});

test('a browser with half of the API is "unsupported" before anything is sent, and capabilities() says so', async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  const halves = await page.evaluate(async () => {
    const { create, get } = navigator.credentials;
    const replacements: Record<string, object> = {
      'an empty object': {},
      'no create': { get },
      'no get': { create },
      'get: undefined': { create, get: undefined },
      'create: a text': { create: 'create', get },
      'get: an object': { create, get: {} },
      'a get that cannot be read': Object.defineProperty({ create }, 'get', {
        get() {
          throw new Error('no');
        },
      }),
    };
    const results: [string, unknown][] = [];
    for (const [half, value] of Object.entries(replacements)) {
      Object.defineProperty(navigator, 'credentials', { value, configurable: true });
      const can = Object.values(await sdk.capabilities());
      const { register, authenticate, autofill, prepareRegister, prepareAuthenticate, upgrade } = passkeys;
      const ended = [];
      for (const run of [
        () => register(),
        () => authenticate(),
        () => authenticate({ immediate: true }),
        () => autofill(),
        () => prepareRegister(),
        () => prepareAuthenticate(),
        () => sdk.getCredential({ challenge: 'AAAA' }),
      ]) {
        ended.push((await outcome(run())).code);
      }
      results.push([half, { can: can.some(Boolean), ended: [...new Set(ended)], upgraded: await upgrade() }]);
    }
    Reflect.deleteProperty(navigator, 'credentials');
    return results;
  });
  for (const [half, result] of halves)
    expect(result, half).toEqual({ can: false, ended: ['unsupported'], upgraded: null });
  expect(halves).toHaveLength(7);
  expect(upstream).toEqual([]);
  await expectRecovery(page);
});
