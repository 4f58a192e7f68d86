/** The client can be imported and created on a server. */
import { expect, test } from '@playwright/test';
import { capabilities, createPasskeys } from 'verify-passkeys';

test('on a server the package can be imported and createPasskeys() called, and capabilities() is all false', async () => {
  createPasskeys({ baseUrl: '/passkeys' });
  const can = Object.values(await capabilities());
  expect(can).toEqual(Array(8).fill(false));
});

for (const [option, config] of [
  ['baseUrl', {}],
  ['baseUrl', { baseUrl: '' }],
  ['fetch', { baseUrl: '/', fetch: 'fetch' }],
  ['timeout', { baseUrl: '/', timeout: 0 }],
  ['timeout', { baseUrl: '/', timeout: 1.5 }],
  ['headers', { baseUrl: '/', headers: 'x: y' }],
  ['credentials', { baseUrl: '/', credentials: 'yes' }],
  ['onEvent', { baseUrl: '/', onEvent: 'log' }],
] as const) {
  test(`createPasskeys(${JSON.stringify(config)}) throws a TypeError that names ${option}`, () => {
    expect(() => createPasskeys(config as never)).toThrow(new RegExp(`^createPasskeys: ${option} must be`));
  });
}

test('a headers() that never answers or fails ends the call with an error that names it', async () => {
  const listWith = (headers: () => Promise<HeadersInit>, timeout?: number) =>
    createPasskeys({ baseUrl: 'http://localhost:1', headers, ...(timeout && { timeout }) }).list();
  // The first call loads management.ts, which on a busy machine takes longer than the second call's timeout.
  await expect(listWith(() => Promise.reject(new Error('no token')))).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('headers()'),
  });
  await expect(listWith(() => new Promise(() => {}), 1000)).rejects.toMatchObject({
    code: 'timed_out',
    message: expect.stringContaining('headers()'),
  });
});

test('every call that changes something says that it is JSON, whatever headers the app adds, and asks for JSON with the credentials that the app chose', async () => {
  const sid = `YF${'0'.repeat(32)}`;
  const sent: string[] = [];
  const { rename, remove } = createPasskeys({
    baseUrl: 'http://localhost/passkeys',
    credentials: 'include',
    headers: { 'content-type': 'text/plain', accept: 'text/html', 'x-csrf': 'token' },
    async fetch(input, init) {
      const { method, headers, credentials } = new Request(input, init);
      const [type, accept, token] = ['content-type', 'accept', 'x-csrf'].map((name) => headers.get(name));
      sent.push([method, type, accept, token, credentials].join(' '));
      return Response.json({ sid });
    },
  });
  await rename(sid, 'Laptop');
  await remove(sid);
  // A framework takes a DELETE without a type, or a POST of plain text, for a form of another site.
  const rest = 'application/json application/json token include';
  expect(sent).toEqual([`POST ${rest}`, `DELETE ${rest}`]);
});

test('a call that failed on the way is never sent again, even one that only reads or removes', async () => {
  const sent: string[] = [];
  const { list, remove } = createPasskeys({
    baseUrl: 'http://localhost/passkeys',
    async fetch(input, init) {
      const { method, headers } = new Request(input, init);
      sent.push(`${method} ${headers.get('content-type')}`);
      throw new TypeError('fetch failed');
    },
  });
  for (const call of [list(), remove(`YF${'0'.repeat(32)}`)])
    await expect(call).rejects.toMatchObject({ code: 'unreachable' });
  expect(sent.sort()).toEqual(['DELETE application/json', 'GET null']);
});

test('remove() takes the 204 of a back end, and list() leaves out what was never verified', async () => {
  const factor = (digit: string, status: string) => ({ sid: `YF${digit.repeat(32)}`, status });
  const { list, remove, rename } = createPasskeys({
    baseUrl: 'http://localhost/passkeys',
    async fetch(input, init) {
      const { method } = new Request(input, init);
      if (method !== 'GET') return new Response(null, { status: 204 });
      return Response.json({ factors: [factor('1', 'verified'), factor('2', 'unverified')] });
    },
  });
  const { sid } = factor('1', 'verified');
  expect((await list()).map((passkey) => passkey.sid)).toEqual([sid]);
  await remove(sid);
  await expect(rename(sid, 'Laptop')).rejects.toMatchObject({ code: 'invalid_response' });
});
