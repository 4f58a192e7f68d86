/** The emulator applies the same rule to a page in a frame of another origin in both ceremonies. */
import { expect, test } from '@playwright/test';
import { playVerify, refusal } from '../play-verify.ts';
import type { Wish } from '../software-authenticator.ts';

const partner = 'https://partner.example';

/** Returns the answers of both ceremonies. The sign-in uses a passkey that was created outside any frame. */
async function runBoth(wish: Wish, topOrigins?: string[]) {
  const verify = playVerify(topOrigins ? { topOrigins } : {});
  const { authenticator } = await verify.register();
  const { answer: registration } = await verify.register(undefined, wish);
  const { answer: signIn } = await verify.signIn(authenticator, wish);
  return [registration, signIn];
}

for (const [what, wish, topOrigins] of [
  ['a page outside any frame', {}, undefined],
  ['a page outside any frame, without crossOrigin', { crossOrigin: undefined }, undefined],
  ['a page outside any frame, if frames are expected', {}, [partner]],
  [
    'a frame of an expected page',
    { crossOrigin: true, topOrigin: partner },
    ['https://other.example', partner],
  ],
  ['a frame without topOrigin', { crossOrigin: true }, [partner]],
] as const) {
  test(`both ceremonies accept ${what}`, async () => {
    for (const answer of await runBoth(wish, topOrigins && [...topOrigins])) {
      expect(answer).toMatchObject({ status: 200 });
    }
  });
}

for (const [what, wish, topOrigins] of [
  ['a frame of another origin', { crossOrigin: true }, undefined],
  ['a frame of another origin with its topOrigin', { crossOrigin: true, topOrigin: partner }, undefined],
  [
    'a frame of a page that is not expected',
    { crossOrigin: true, topOrigin: 'https://evil.example' },
    [partner],
  ],
  ['a topOrigin without a frame', { topOrigin: partner }, [partner]],
  ['a topOrigin that is not a string', { crossOrigin: true, topOrigin: [partner] }, [partner]],
] as const) {
  test(`both ceremonies refuse ${what} with 60380`, async () => {
    for (const answer of await runBoth(wish, topOrigins && [...topOrigins])) {
      expect(answer).toMatchObject(refusal(60380, 400));
    }
  });
}
