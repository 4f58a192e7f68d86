/** Names reach the browser and Verify whole: no half of a surrogate pair, no control, no more than fits. */
import { expect, test } from '@playwright/test';
import { ada, openBrowser, refused, setUp } from './stage.ts';

const family = '👨‍👩‍👧‍👦';

for (const [what, given, name, nickname] of [
  ['half a surrogate pair', 'Ada \ud83d', 'Ada', 'Ada'],
  ['controls and ends of lines', ' Ada\u0000\r\nLove\u2028lace\u0007', 'Ada Love lace', 'Ada Love lace'],
  [
    'every character that changes the direction',
    `A${[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x206f].map((each) => String.fromCharCode(each)).join('d')}a`,
    'Adddddddddda',
    'Adddddddddda',
  ],
  ['an override of the direction', '\u202egnp.ada\u202c \u2066x\u2069', 'gnp.ada x', 'gnp.ada x'],
  [
    'marks that its language needs',
    'سلام\u200cها e\u0301 🇩🇪',
    'سلام\u200cها e\u0301 🇩🇪',
    'سلام\u200cها e\u0301 🇩🇪',
  ],
  ['a megabyte', 'x'.repeat(2 ** 20), 'x'.repeat(256), 'x'.repeat(64)],
  ['a thousand accents', `e${'\u0301'.repeat(1000)}`, `e${'\u0301'.repeat(255)}`, `e${'\u0301'.repeat(63)}`],
  // Cut within a single one that is longer, in the middle of a pair of surrogates: 2 code units, then 3 each.
  [
    'an endless family',
    `👩${'\u200d👩'.repeat(1000)}`,
    `👩${'\u200d👩'.repeat(84)}\u200d`,
    `👩${'\u200d👩'.repeat(20)}\u200d`,
  ],
  // 11 code units each.
  ['a hundred families', family.repeat(100), family.repeat(23), family.repeat(5)],
] as const) {
  test(`a name with ${what} from identify() reaches the chooser and Verify as it fits`, async () => {
    const who = { identity: ada, userName: given, displayName: given, friendlyName: given };
    const stage = setUp({ relay: { identify: () => who } });
    const browser = openBrowser(stage);
    const { body } = await browser.post('Factors', {});
    expect(body.options.publicKey.user).toMatchObject({ name, displayName: name });
    expect(JSON.parse(stage.upstream[0]!.body).friendly_name).toBe(nickname);
    expect((await browser.send('GET', 'Factors')).body).toMatchObject({
      user_name: name,
      display_name: name,
    });
  });
}

test('a nickname of the page is cleaned, and one that is still too long is refused with what came', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  await browser.post('Factors', { friendly_name: 'Lap\ud83dtop\u202e\n' });
  expect(JSON.parse(stage.upstream[0]!.body).friendly_name).toBe('Laptop');
  const answer = await browser.post('Factors', { friendly_name: '👍'.repeat(33) });
  expect(answer).toMatchObject(refused(400, 60388));
  expect(answer.body.message).toContain('1 to 64 characters (UTF-16 code units');
  expect(answer.body.message).toContain('66 characters came');
  expect(stage.upstream).toHaveLength(1);
});
