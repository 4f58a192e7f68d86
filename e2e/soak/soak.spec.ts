/** Whatever fails around the relay, nobody signs in without a passkey and no passkey at Verify is lost. */
import { expect, test } from '@playwright/test';
import { findRedis } from '../redis.ts';
import { stormWithoutNames } from './nameless-storm.ts';
import { storm } from './storm.ts';

test.skip(
  () => !findRedis(),
  "redis-server is not on PATH and could not be installed from the system's packages",
);

/** `SOAK_CEREMONIES` sets how many ceremonies run, `SOAK_SEED` repeats a storm. */
const usual = process.env.npm_lifecycle_event === 'soak' ? 3_000 : 120;
const ceremonies = Number(process.env.SOAK_CEREMONIES ?? usual);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);

for (const redisPersists of [true, false]) {
  const what = redisPersists ? 'a Redis that persists' : 'a Redis that forgets everything';
  test(`a storm over two relays and ${what} loses no passkey and signs in only its owner`, async () => {
    test.setTimeout(120_000 + ceremonies * 200);
    const { faults, ...course } = await storm({ seed, ceremonies, redisPersists });
    console.log(`${ceremonies} ceremonies, SOAK_SEED=${seed}: ${JSON.stringify(course)}`);
    expect(faults, `SOAK_SEED=${seed} SOAK_CEREMONIES=${ceremonies} repeats this storm`).toEqual({
      approvedWithoutSignature: [],
      approvedTwice: [],
      approvedAsAnother: [],
      attackersLetIn: [],
      deadPasskeys: [],
      toldDead: [],
      calledUnknown: [],
    });
    expect(course.alive, 'passkeys that Verify holds after the storm').toBeGreaterThan(0);
  });
}

test('a storm over a Verify that names nobody forgets no passkey, and lets in no attacker with cookies of their own', async () => {
  test.setTimeout(120_000 + ceremonies * 200);
  const { faults, met, passkeys } = await stormWithoutNames({ seed, ceremonies });
  console.log(`${ceremonies} ceremonies, SOAK_SEED=${seed}: ${JSON.stringify({ passkeys, ...met })}`);
  expect(faults, `SOAK_SEED=${seed} SOAK_CEREMONIES=${ceremonies} repeats this storm`).toEqual({
    notTold: [],
    forgotten: [],
    notRefused: [],
    attackersLetIn: [],
    usedUp: [],
  });
  // On a busy machine many calls miss the deadline, and of those nothing is known.
  expect(Object.keys(met).length, `kinds of trouble that the storm met: ${Object.keys(met)}`).toBeGreaterThan(
    5,
  );
});
