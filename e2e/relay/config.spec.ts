/** What is wrong with the relay's settings is said at once, by name, and never with the secret. */
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
  ['storage', { storage: null }],
  ['storage', { storage: { get() {}, set() {} } }],
  ['origins', { origins: [] }],
  ['origins', { origins: 'https://login.example.com' }],
  ['origins', { origins: ['https://login.example.com/'] }],
  ['origins', { origins: ['*'] }],
  ['origins', { origins: ['login.example.com'] }],
  ['origins', { origins: ['null'] }],
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

test('an API key signs the calls in place of the account', async () => {
  const apiKeySecret = 'the-secret-of-the-key';
  const stage = setUp({
    emulator: { accountSid: apiKey, authToken: apiKeySecret },
    relay: { accountSid: undefined, authToken: undefined, apiKey, apiKeySecret } as never,
  });
  expect((await openBrowser(stage).post('Challenges', {})).status).toBe(201);
  expect(stage.upstream[0]?.headers.authorization).toBe(`Basic ${btoa(`${apiKey}:${apiKeySecret}`)}`);
});
