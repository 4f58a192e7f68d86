/** The messages for users are complete in every language, are found by the user's language, and never throw. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { PasskeyError, type PasskeyErrorCode } from 'verify-passkeys';
import { type Language, loadMessages } from 'verify-passkeys/messages';
import { brotli, bundle, importOf } from '../bundle.ts';

/** The advice to wait for 30 seconds. A language without it does not compile. */
const waits: Record<Language, RegExp> = {
  de: /^Versuchen Sie es in 30 Sekunden erneut\.$/,
  en: /^Try again in 30 seconds\.$/,
  es: /^Inténtalo de nuevo dentro de 30 segundos\.$/,
  fr: /^Réessayez dans 30 secondes\.$/,
  ja: /^30\s?秒後にもう一度お試しください。$/,
  pt: /^Tente novamente em 30 segundos\.$/,
};
const languages = Object.keys(waits) as Language[];

/** The codes that the source lists, so that a new code without messages fails here. */
const codes = [...readFileSync('src/contract/error-code.ts', 'utf8').matchAll(/^ {2}\| '(\w+)'/gm)].map(
  ([, code]) => code as PasskeyErrorCode,
);

/** A refusal of each kind that has a message of its own. */
const reasons = ['unknown_credential', 'ceremony_expired', 'not_allowed', 60315];

for (const language of languages) {
  test(`every code has whole sentences and an offer in ${language}`, async () => {
    const messages = await loadMessages([language]);
    expect(messages.language).toBe(language);
    expect(codes.length).toBeGreaterThan(15);
    const english = await loadMessages(['en']);
    for (const code of codes) {
      const error = new PasskeyError(code, 'for the console');
      const { what, next, offer } = messages.tell(error);
      expect([what, next].join(' '), code).toMatch(/^\S.*[.。] \S.*[.。]$/);
      expect(offer.length, code).toBeGreaterThan(0);
      // A sentence that nobody translated would still be English.
      if (language !== 'en') expect(what).not.toBe(english.tell(error).what);
    }
    for (const code of reasons) {
      const rejection = { code, message: '', status: 403 };
      const error = new PasskeyError('rejected', 'for the console', { rejection });
      const { what, next } = messages.tell(error);
      expect([what, next].join(' '), String(code)).toMatch(/^\S.*[.。] \S.*[.。]$/);
      expect(what, String(code)).not.toBe(messages.tell(new PasskeyError('rejected', '')).what);
      if (language !== 'en') expect(what).not.toBe(english.tell(error).what);
    }
  });
}

test('a refusal that the user can do something about has a message of its own', async () => {
  const { tell } = await loadMessages(['en']);
  const refused = (code: number | string) =>
    tell(new PasskeyError('rejected', 'for the console', { rejection: { code, message: '', status: 403 } }));
  expect(refused(60390).what).toBe('This passkey is not known here.');
  expect(refused('unknown_credential').offer).toEqual(['another_way', 'create_passkey']);
  expect(refused('ceremony_expired')).toEqual(refused(60323));
  expect(refused(60317).offer).toContain('sign_in');
  expect(refused('storage_unavailable').what).toBe('Passkeys do not work right now.');
  // The app may refuse a sign-in, a new passkey or a removal: the message fits all three.
  expect(refused('not_allowed')).toEqual({
    what: 'This is not allowed for your account.',
    next: 'Choose another way, or ask for help.',
    offer: ['another_way'],
  });
  expect(refused(60381).what).toBe('This passkey was not accepted.');
  expect(refused('constructor').what).toBe('This passkey was not accepted.');
});

test('the guide tells the user what the messages tell, and offers the same', async () => {
  const { tell } = await loadMessages(['en']);
  const guide = readFileSync('demo/guides/errors.md', 'utf8');
  const rows = [...guide.matchAll(/^\| `(\w+)` +\| .*? \| +(\S.*?) +\| (`[\w`, ]+`) +\|$/gm)];
  const shown = rows.map(([, code, what, offer]) => [code, what, offer!.match(/\w+/g)]);
  const told = codes.map((code) => {
    const { what, offer } = tell(new PasskeyError(code, 'for the console'));
    return [code, what, offer];
  });
  expect(shown).toEqual(told);
});

test('the guide names every language', () => {
  const guide = readFileSync('demo/guides/errors.md', 'utf8');
  const section = /### In the user's language\n(.*?)```/s.exec(guide)![1]!;
  const names = new Intl.DisplayNames('en', { type: 'language' });
  for (const language of languages) expect(section, 'demo/guides/errors.md').toContain(names.of(language)!);
});

test('the advice for a rate limit says how long to wait, in the chosen language', async () => {
  const wait = async (language: string, retryAfter?: number) => {
    const { tell } = await loadMessages([language]);
    return tell(new PasskeyError('rate_limited', 'for the console', { retryAfter })).next;
  };
  expect(await wait('en', 1)).toBe('Try again in 1 second.');
  expect(await wait('en', 300)).toBe('Try again in 5 minutes.');
  for (const language of languages) expect(await wait(language, 30)).toMatch(waits[language]);
  for (const none of [undefined, 0, Number.NaN]) {
    expect(await wait('en', none)).toBe('Wait a moment, then try again.');
  }
});

test('the first known language is taken, whatever its region, and English if none is known', async () => {
  const find = async (...wanted: string[]) => (await loadMessages(wanted)).language;
  // zxx means no language at all, so this package will never have it.
  expect(await find('zxx-BE', 'fr-BE', 'en')).toBe('fr');
  expect(await find('PT_br')).toBe('pt');
  expect(await find('zxx', 'constructor', '')).toBe('en');
  expect(await find()).toBe('en');
});

test('anything else that was caught is reported as a fault of the page', async () => {
  const { tell } = await loadMessages(['en']);
  const others = [undefined, null, 'text', 7, new TypeError('boom'), { code: 11 }, { code: 'toString' }];
  for (const caught of others) expect(tell(caught).offer).toEqual(['reload']);
  // An error that went through postMessage or JSON has lost its class, but keeps its messages.
  expect(tell({ code: 'cancelled' }).offer).toEqual(['try_again', 'another_way']);
});

test('a page loads one language besides English, and no other part of the package', async () => {
  const { first, later } = await bundle(importOf('./messages'));
  expect(brotli(first)).toBeLessThan(2_500);
  expect(later).toHaveLength(languages.length - 1);
  expect(first.join()).not.toContain('navigator.credentials');
});
