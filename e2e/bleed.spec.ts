import { expect, test } from '@playwright/test';
import { bundle } from './bundle.ts';

/** What each door may never carry to where it runs. */
const foreign = [
  { door: '.', words: ['verify.twilio.com', 'Basic', 'authToken', 'cookieSecret', 'x-emulated', 'node:'] },
  { door: './relay', words: ['navigator.credentials', 'x-emulated', 'node:', 'require('] },
  { door: './emulator', words: ['navigator.credentials', 'cookieSecret', 'node:'] },
];

for (const { door, words } of foreign) {
  test(`${door} carries none of ${words.join(', ')}`, async () => {
    const { first, later } = await bundle(door, '*', ['@simplewebauthn/server']);
    const code = [...first, ...later].join('\n');
    expect(words.filter((word) => code.includes(word))).toEqual([]);
  });
}

test('the words that must not bleed are the ones that the rooms really hold', async () => {
  const relay = (await bundle('./relay')).first.join('\n');
  for (const word of ['verify.twilio.com', 'Basic', 'authToken', 'cookieSecret'])
    expect(relay).toContain(word);
  const page = (await bundle('.')).first.join('\n');
  expect(page).toContain('navigator.credentials');
  const emulator = (await bundle('./emulator', '*', ['@simplewebauthn/server'])).first.join('\n');
  expect(emulator).toContain('x-emulated');
});
