/** createRelay() reports a wrong option at once, by name, and never prints a secret. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { createRelay } from 'verify-passkeys/relay';
import { accountSid, authToken, cookieSecret, serviceSid } from '../world.ts';
import { openBrowser, setUp } from './stage.ts';

const apiKey = `SK${'a'.repeat(32)}`;
const fine = { serviceSid, accountSid, authToken, cookieSecret, identify: () => null };

for (const [option, change] of [
  ['serviceSid', { serviceSid: undefined }],
  ['serviceSid', { serviceSid: accountSid }],
  ['serviceSid', { serviceSid: `${serviceSid}/../` }],
  ['cookieSecret', { cookieSecret: undefined }],
  ['cookieSecret', { cookieSecret: 'x'.repeat(31) }],
  ['cookieSecret', { cookieSecret: [] }],
  ['cookieSecret', { cookieSecret: [cookieSecret, 'short'] }],
  ['identify', { identify: undefined }],
  ['onApproved', { onApproved: 'yes' }],
  ['onVerified', { onVerified: {} }],
  ['onRefused', { onRefused: console }],
  ['storage', { storage: null }],
  ['storage', { storage: { get() {}, set() {} } }],
  ['origins', { origins: [] }],
  ['origins', { origins: 'https://login.example.com' }],
  ['origins', { origins: ['https://login.example.com/'] }],
  ['origins', { origins: ['*'] }],
  ['origins', { origins: ['login.example.com'] }],
  ['origins', { origins: ['null'] }],
  ['origins', { origins: ['https://*.example.com'] }],
  ['origins', { origins: ['https://login.example.com', 'http://*:3000'] }],
  ['origins', { origins: ['chrome-extension://*'] }],
  ['origins', { origins: ['capacitor://localhost/'] }],
  ['origins', { origins: ['android:apk-key-hash:*'] }],
  ['origins', { origins: ['android:apk-key-hash:AA:BB:CC'] }],
  ['origins', { origins: ['ios:bundle-id:com.example'] }],
  ['origins', { origins: [`android:apk-key-hash:${'q6ur'.repeat(10)}q6t`] }],
  ['topOrigins', { topOrigins: ['https://*.example.com'] }],
  ['fetch', { fetch: 'fetch' }],
  ['timeout', { timeout: 0 }],
  ['timeout', { timeout: 1.5 }],
  ['timeout', { timeout: Infinity }],
  ['timeout', { timeout: 2 ** 31 }],
  ['accountSid', { accountSid: undefined }],
  ['accountSid', { accountSid: apiKey }],
  ['authToken', { authToken: '' }],
  ['authToken', { authToken: 'two\r\nlines' }],
  ['apiKey', { apiKey, apiKeySecret: 'secret' }],
  ['apiKey', { accountSid: undefined, authToken: undefined }],
  ['apiKey', { accountSid: undefined, authToken: undefined, apiKey: accountSid, apiKeySecret: 'secret' }],
  ['apiKeySecret', { accountSid: undefined, authToken: undefined, apiKey }],
] as const) {
  const shown = JSON.stringify(change, (_, value) => value ?? null).replaceAll(cookieSecret, '…');
  test(`createRelay({ ${shown.slice(1, -1).slice(0, 60)} }) throws a TypeError that names ${option}`, () => {
    let thrown: unknown;
    try {
      createRelay({ ...fine, ...change } as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TypeError);
    const { message } = thrown as TypeError;
    expect(message).toMatch(new RegExp(`^createRelay: ${option} must be `));
    for (const secret of [authToken, cookieSecret, 'short', 'two']) expect(message).not.toContain(secret);
  });
}

test('the TypeError says so when an option is missing', () => {
  const { accountSid: _, authToken: __, ...bare } = fine;
  const create = (change: object) => () => createRelay({ ...bare, ...change } as never);
  expect(create({})).toThrow('createRelay: apiKey must be SK and 32 hex digits, but is missing');
  expect(create({ apiKey })).toThrow(
    'createRelay: apiKeySecret must be ASCII without spaces, and not empty, but is missing',
  );
  expect(create({ serviceSid: undefined })).toThrow(
    'createRelay: serviceSid must be VA and 32 hex digits, but is missing',
  );
});

test('the TypeError names an origin with a wildcard, and says what to do', () => {
  expect(() => createRelay({ ...fine, origins: ['https://a.example', 'https://*.b.example'] })).toThrow(
    '"https://*.b.example" is not an origin; list each origin, without wildcards',
  );
});

test('origins accepts pages, Android apps, extensions and web views', () => {
  const hash = 'A'.repeat(43);
  for (const origin of [
    'https://login.example.com:8443',
    'http://localhost:3000',
    `android:apk-key-hash:${hash}`,
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://6f1d4f0e-0b0a-4f0e-9a52-2f2b3c4d5e6f',
    'capacitor://localhost',
  ]) {
    expect(() => createRelay({ ...fine, origins: [origin], topOrigins: [origin] })).not.toThrow();
  }
});

test('without storage the console warns once in a process that passkeys are kept in memory only', () => {
  const relay = fileURLToPath(import.meta.resolve('verify-passkeys/relay'));
  const settings = JSON.stringify({ serviceSid, accountSid, authToken, cookieSecret });
  const script = `import { createRelay } from ${JSON.stringify(relay)};
    const settings = { ...${settings}, identify: () => null };
    createRelay({ ...settings, storage: new Map() });
    console.error('---');
    createRelay(settings);
    createRelay(settings);`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const [before, after = ''] = stderr.split('---');
  expect(before).toBe('');
  expect(after.match(/in memory only/g)).toHaveLength(1);
});

test('an API key can be used instead of the account', async () => {
  const apiKeySecret = 'the-secret-of-the-key';
  const stage = setUp({
    emulator: { accountSid: apiKey, authToken: apiKeySecret },
    relay: { accountSid: undefined, authToken: undefined, apiKey, apiKeySecret } as never,
  });
  expect((await openBrowser(stage).post('Challenges', {})).status).toBe(201);
  expect(stage.upstream[0]?.headers.authorization).toBe(`Basic ${btoa(`${apiKey}:${apiKeySecret}`)}`);
});
