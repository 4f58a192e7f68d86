/** The client may be imported and made where there is no browser. */
import { expect, test } from '@playwright/test';
import { capabilities, createPasskeys } from 'verify-passkeys';

test('the package imports and constructs on a server, where capabilities() is all false', async () => {
  createPasskeys({ baseUrl: '/passkeys' });
  const can = Object.values(await capabilities());
  expect(can).toEqual(can.map(() => false));
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

test('headers() that give nothing, or fail, end the call with an error that names them', async () => {
  const listWith = (headers: () => Promise<HeadersInit>, timeout?: number) =>
    createPasskeys({ baseUrl: 'http://localhost:1', headers, ...(timeout && { timeout }) }).list();
  // The first call loads the part that lists, which on a busy machine takes longer than the second call may.
  await expect(listWith(() => Promise.reject(new Error('no token')))).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('headers()'),
  });
  await expect(listWith(() => new Promise(() => {}), 1000)).rejects.toMatchObject({
    code: 'timed_out',
    message: expect.stringContaining('headers()'),
  });
});
