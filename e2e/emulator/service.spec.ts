/** The emulator checks the account, the Service, the request and its own options. */
import { expect, test } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import { playVerify, refusal, settings } from '../play-verify.ts';
import { accountSid, authToken, serviceSid } from '../world.ts';

test('every answer of the emulator says that it is emulated', async () => {
  const { headers } = await playVerify().beginFactor();
  expect(headers.get('x-emulated')).toBe('verify-passkeys');
  expect(headers.get('content-type')).toBe('application/json');
});

for (const [what, authorization] of [
  ['no authorization', ''],
  ['another scheme', 'Bearer token'],
  ['another account', `Basic ${btoa(`AC${'3'.repeat(32)}:${authToken}`)}`],
  ['a wrong token', `Basic ${btoa(`${accountSid}:wrong`)}`],
] as const) {
  test(`the emulator refuses ${what} with 20003 before it looks at anything else`, async () => {
    const answer = await playVerify().call('/Nothing', { headers: { authorization } });
    expect(answer).toMatchObject(refusal(20003, 401));
  });
}

test('the emulator accepts the SID of an API key as the user name of Basic auth', async () => {
  const key = `SK${'4'.repeat(32)}`;
  const verify = playVerify({ accountSid: key, authToken: 'key-secret' });
  const headers = { authorization: `Basic ${btoa(`${key}:key-secret`)}`, 'content-type': 'application/json' };
  const answer = await verify.call('/Passkeys/Challenges', { method: 'POST', headers, body: '{}' });
  expect(answer.status).toBe(201);
});

for (const [what, path, method] of [
  ['another Service', `/../VA${'9'.repeat(32)}/Passkeys/Factors`, 'POST'],
  ['an unknown resource', '/Passkeys/Nothing', 'POST'],
  ['a longer path', '/Passkeys/Factors/more', 'POST'],
  ['another HTTP method', '/Passkeys/Factors', 'GET'],
] as const) {
  test(`the emulator answers ${what} with 20404`, async () => {
    expect(await playVerify().call(path, { method })).toMatchObject(refusal(20404, 404));
  });
}

for (const [what, type, body] of [
  ['a form', 'application/x-www-form-urlencoded', 'identity=somebody'],
  ['text', 'text/plain', '{}'],
  ['cut JSON', 'application/json', '{"identity":'],
  ['a JSON list', 'application/json', '[]'],
  ['JSON null', 'application/json', 'null'],
  ['a JSON string', 'application/json', '"{}"'],
] as const) {
  for (const route of ['Factors', 'VerifyFactor', 'Challenges', 'ApproveChallenge']) {
    test(`the emulator refuses ${what} for ${route} with 60306`, async () => {
      const init = { method: 'POST', headers: { 'content-type': type }, body };
      expect(await playVerify().call(`/Passkeys/${route}`, init)).toMatchObject(refusal(60306, 400));
    });
  }
}

test('the emulator answers behind any host: only the path counts', async () => {
  const answer = await createEmulator(settings).fetch(
    new Request(`http://localhost:1/v2/Services/${serviceSid}/Passkeys/Challenges`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
      },
      body: '{}',
    }),
  );
  expect(answer.status).toBe(201);
});

test('two emulators with the same storage play the same Service', async () => {
  const storage = new Map<string, unknown>();
  const { authenticator, answer } = await playVerify({ storage }).register();
  expect(answer.body.status).toBe('verified');
  const later = await playVerify({ storage }).signIn(authenticator);
  expect(later.answer.body.status).toBe('approved');
});

test('the emulator stores only JSON, and waits for an asynchronous storage', async () => {
  const texts = new Map<string, string>();
  const storage = {
    get: async (key: string) => JSON.parse(texts.get(key) ?? 'null') ?? undefined,
    set: async (key: string, value: unknown) => texts.set(key, JSON.stringify(value)),
    delete: async (key: string) => texts.delete(key),
  };
  const verify = playVerify({ storage });
  const { authenticator } = await verify.register();
  expect((await verify.signIn(authenticator)).answer.body.status).toBe('approved');
});

for (const [option, wrong] of [
  ['serviceSid', 'VA123'],
  ['serviceSid', undefined],
  ['accountSid', serviceSid],
  ['authToken', ''],
  ['relyingParty', undefined],
  ['relyingParty', { id: 'https://example.com', name: 'Example', origins: ['https://example.com'] }],
  ['relyingParty', { id: 'example.com', name: '', origins: ['https://example.com'] }],
  ['relyingParty', { id: 'example.com', name: 'Example', origins: [] }],
  ['relyingParty', { id: 'example.com', name: 'Example', origins: 'https://example.com' }],
  ['authenticatorAttachment', 'none'],
  ['discoverableCredentials', 'any'],
  ['userVerification', true],
  ['now', 0],
  ['storage', 'a Map'],
  ['storage', { get: 1 }],
  ['storage', null],
  ['quirks', 'all'],
  ['silentRegistration', 'taken'],
  ['topOrigins', 'https://partner.example'],
  ['topOrigins', [1]],
] as const) {
  test(`createEmulator() throws a TypeError that names ${option} when it is ${JSON.stringify(wrong)}`, () => {
    const message = new RegExp(`^createEmulator: ${option} must be `);
    const construct = () => createEmulator({ ...settings, [option]: wrong } as never);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(message);
  });
}

test('createEmulator() throws a TypeError when it is given no options', () => {
  expect(() => createEmulator(undefined as never)).toThrow(/^createEmulator: serviceSid must be /);
});

test('createEmulator() throws a TypeError when the storage cannot be written', () => {
  const storage = { get: () => undefined } as never;
  expect(() => createEmulator({ ...settings, storage })).toThrow(/^createEmulator: storage must be /);
});
