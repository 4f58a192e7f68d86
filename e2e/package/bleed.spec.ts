/** No door brings code to a place where that code must not be. */
import { expect, test } from '@playwright/test';
import { bundle, importOf } from '../bundle.ts';

/** The words that the bundle of each door must not contain. */
const foreign = [
  { door: '.', words: ['verify.twilio.com', 'Basic', 'authToken', 'cookieSecret', 'x-emulated', 'node:'] },
  { door: './relay', words: ['navigator.credentials', 'x-emulated', 'node:', 'require('] },
  { door: './emulator', words: ['navigator.credentials', 'cookieSecret', 'node:'] },
];

for (const { door, words } of foreign) {
  test(`the bundle of ${door} contains none of ${words.join(', ')}`, async () => {
    const { first, later } = await bundle(importOf(door), ['@simplewebauthn/server']);
    const code = [...first, ...later].join('\n');
    expect(words.filter((word) => code.includes(word))).toEqual([]);
  });
}

test('the words that must not leak really are in the code of the doors that need them', async () => {
  const relay = (await bundle(importOf('./relay'))).first.join('\n');
  for (const word of ['verify.twilio.com', 'Basic', 'authToken', 'cookieSecret'])
    expect(relay).toContain(word);
  const page = (await bundle(importOf('.'))).first.join('\n');
  expect(page).toContain('navigator.credentials');
  const emulator = (await bundle(importOf('./emulator'), ['@simplewebauthn/server'])).first.join('\n');
  expect(emulator).toContain('x-emulated');
});
