/** The check and the emulator agree on credentials that were changed at random. */
import assert from 'node:assert/strict';
import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { checkAuthentication, checkRegistration } from 'verify-passkeys';
import { createSealable, playVerify } from '../play-verify.ts';
import { createAuthenticator, flag, page } from '../software-authenticator.ts';
import { json, mutation } from './mutate.ts';

/** How many values each property tries: few in the suite, and more than 100,000 credentials in `npm run fuzz`. */
const isFuzz = process.env.npm_lifecycle_event === 'fuzz';
const runs = Number(process.env.RUNS ?? (isFuzz ? 26_000 : 400));

/** Twilio's codes for mistakes that can be seen in the body. */
const ofBody = [60375, 60376, 60377, 60378, 60379, 60380, 60381, 60382, 60385, 60386, 60387, 60420, 60434];

/** Runs a property and prints its seed. `SEED=… RUNS=… npm run fuzz` repeats the same values, as many as wanted. */
async function hold(property: fc.IRawProperty<unknown>) {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  test.setTimeout(Math.max(120_000, runs * 20));
  const started = performance.now();
  await fc.assert(property as fc.IAsyncProperty<unknown>, { numRuns: runs, seed });
  if (!isFuzz) return;
  const seconds = (performance.now() - started) / 1000;
  console.log(`${runs} runs in ${seconds.toFixed(1)} s, SEED=${seed}: ${test.info().title}`);
}

/** An emulator whose state does not change, so that each credential is judged in the same state. */
async function begin(algorithm: 'ES256' | 'RS256') {
  const storage = createSealable();
  // The Service decides whether frames of this origin are allowed. The check cannot know it.
  const verify = playVerify({ storage, topOrigins: ['https://partner.example'] });
  const { authenticator } = await verify.register(await createAuthenticator(algorithm));
  const factor = (await verify.beginFactor()).body;
  const challenge = (await verify.beginChallenge()).body;
  storage.seal();
  const expected = { origin: page.origin, rpId: page.rpId };
  return {
    VerifyFactor: {
      credential: (await createAuthenticator(algorithm)).register(factor.options.publicKey.challenge),
      check: (body: unknown) => checkRegistration(body, { ...expected, challenge: factor.sid }),
      post: verify.verifyFactor,
    },
    ApproveChallenge: {
      credential: await authenticator.sign(challenge.options.publicKey.challenge, {
        userHandle: factor.options.publicKey.user.id,
      }),
      check: (body: unknown) => checkAuthentication(body, { ...expected, challenge: challenge.sid }),
      post: verify.approveChallenge,
    },
  };
}

const cases = (['VerifyFactor', 'ApproveChallenge'] as const).flatMap((step) =>
  (['ES256', 'RS256'] as const).map((algorithm) => ({ step, algorithm })),
);

for (const { step, algorithm } of cases) {
  test(`the check finds an issue in each changed ${algorithm} credential whose body ${step} refuses`, async () => {
    const { credential, check, post } = (await begin(algorithm))[step];
    expect(check(credential)).toEqual([]);
    expect(await post(credential)).toMatchObject({ status: 200 });
    await hold(
      fc.asyncProperty(mutation, async (mutate) => {
        const sent = JSON.stringify(mutate(credential)) ?? 'null';
        const body = JSON.parse(sent);
        const issues = check(body);
        const { code } = (await post(body)).body;
        assert(issues.length > 0 || !ofBody.includes(code), `${code}: ${sent}`);
        for (const { path, code: number, message, fix } of issues) {
          assert(typeof path === 'string' && ofBody.includes(number) && message && fix, sent);
        }
      }),
    );
  });
}

test('the checks never throw, whatever value they are given, and accept only credentials', async () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
  });
  await hold(
    fc.property(
      fc.oneof(
        anything,
        json,
        json.map((value) => JSON.stringify(value)),
      ),
      (value) => {
        for (const check of [checkRegistration, checkAuthentication]) assert(check(value).length > 0);
      },
    ),
  );
});

test('the checks find no issue in any credential that an authenticator makes', async () => {
  const authenticators = [await createAuthenticator('ES256'), await createAuthenticator('RS256')];
  const wish = fc.record({
    counter: fc.nat(),
    backedUp: fc.constantFrom(0, 0x08, 0x18),
    userVerified: fc.boolean(),
    origin: fc.webUrl().map((url) => new URL(url).origin),
    rpId: fc.domain(),
  });
  await hold(
    fc.asyncProperty(
      fc.constantFrom(...authenticators),
      wish,
      fc.uuid(),
      async (authenticator, features, uuid) => {
        const { origin, rpId, counter, backedUp, userVerified } = features;
        const flags = flag.userPresent | backedUp | (userVerified ? flag.userVerified : 0);
        const challengeOf = (letters: string) => btoa(letters + uuid.replace(/-/g, '')).replace(/=+$/, '');
        const made = { origin, rpId, counter };
        const registered = authenticator.register(challengeOf('YF'), {
          ...made,
          flags: flags | flag.attested,
        });
        const signed = await authenticator.sign(challengeOf('YC'), {
          ...made,
          flags,
          userHandle: challengeOf('YE'),
        });
        assert.deepEqual(checkRegistration(registered, { origin, rpId, challenge: challengeOf('YF') }), []);
        assert.deepEqual(checkAuthentication(signed, { origin, rpId, challenge: challengeOf('YC') }), []);
      },
    ),
  );
});
