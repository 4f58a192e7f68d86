/** A name that an app cut within an emoji, or that somebody made to deceive, does not reach Chromium as it is. */
import { expect, test } from '../test.ts';

const halves = 'Ada \ud83d\u202e\n';

test('createCredential() makes a passkey whatever the names in its options hold, and the authenticator gets them clean', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  for (const [given, kept] of [
    [halves, 'Ada'],
    ['x'.repeat(2 ** 20), 'x'.repeat(256)],
    ['👨‍👩‍👧‍👦'.repeat(100), '👨‍👩‍👧‍👦'.repeat(23)],
  ] as const) {
    for (const hasSegmenter of [true, false]) {
      await page.evaluate(
        async ({ given: text, hasSegmenter: keepsSegmenter }) => {
          const { Segmenter } = Intl;
          if (!keepsSegmenter) Object.assign(Intl, { Segmenter: undefined });
          const headers = { 'content-type': 'application/json' };
          const begun = await fetch('/passkeys/Factors', { method: 'POST', headers, body: '{}' });
          const { publicKey } = (await begun.json()).options;
          Object.assign(publicKey.user, { name: text, displayName: text });
          publicKey.rp.name = text;
          await sdk.createCredential(publicKey);
          Object.assign(Intl, { Segmenter });
        },
        { given, hasSegmenter },
      );
      const [held] = await authenticator.credentials();
      expect(held).toMatchObject({ userName: kept, userDisplayName: kept });
      await authenticator.clear();
    }
  }
});

test('register() and rename() send a clean nickname, and send nothing if it is too long', async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  const factor = await page.evaluate(() => passkeys.register({ friendlyName: 'Laptop \ud83d\u202e\n' }));
  expect(factor).toMatchObject({ status: 'verified', friendlyName: 'Laptop' });
  expect(await page.evaluate(({ sid }) => passkeys.rename(sid, 'Bob\ud83d'), factor)).toMatchObject({
    friendlyName: 'Bob',
  });
  const calls = upstream.length;
  for (const friendlyName of ['x'.repeat(65), 'x'.repeat(2 ** 20)]) {
    const ended = await page.evaluate(
      (nickname) => outcome(passkeys.register({ friendlyName: nickname })),
      friendlyName,
    );
    expect(ended).toMatchObject({ code: 'rejected', rejection: { code: 60388 } });
    expect(ended.message).toContain(
      `${friendlyName.length} characters (UTF-16 code units); expected 1 to 64`,
    );
  }
  expect(upstream).toHaveLength(calls);
});
