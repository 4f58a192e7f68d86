/** The public checks judge at once, and the page and the relay with code that loads late. The verdicts are the same. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import type { Expected } from 'verify-passkeys';
import { authentication, recorded, registration } from '../credential.ts';
import { createAuthenticator, encode, flag } from '../software-authenticator.ts';
import { tables } from './mistakes.ts';
import { mutation } from './mutate.ts';

type AtOnce = typeof import('../../src/contract/check/check.ts');
type Lazy = typeof import('../../src/contract/check/lazy.ts');

const load = (name: string) => import(pathToFileURL(resolve(`dist/contract/check/${name}.js`)).href);
const goods = { register: registration, authenticate: authentication };
const ceremonies = ['register', 'authenticate'] as const;

/** What a caller may expect, both right and wrong. */
const expectation: fc.Arbitrary<Expected> = fc.record(
  {
    origin: fc.constantFrom(recorded.origin, 'https://example.com'),
    rpId: fc.constantFrom(recorded.rpId, 'example.com', ''),
    challenge: fc.constantFrom('', `YF${'a'.repeat(32)}`),
    mediation: fc.constantFrom('conditional' as const, 'optional' as const),
  },
  { requiredKeys: [] },
);

test('the two ways of judging give the same verdict on credentials that were changed at random', async () => {
  const atOnce: AtOnce = await load('check');
  const lazy: Lazy = await load('lazy');
  let fit = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ceremonies),
      mutation,
      expectation,
      async (ceremony, mutate, expected) => {
        const body = mutate(goods[ceremony]);
        const verdict = atOnce.judgeCredential(ceremony, body, expected);
        assert.deepEqual(await lazy.judgeCredential(ceremony, body, expected), verdict);
        assert.equal(verdict.credential === undefined, verdict.issues !== undefined);
        if (verdict.credential) fit++;
      },
    ),
    { numRuns: 300 },
  );
  expect(fit).toBeGreaterThan(0);
});

test('the two ways of judging give the same verdict on every mistake that the checks know', async () => {
  const atOnce: AtOnce = await load('check');
  const lazy: Lazy = await load('lazy');
  for (const [name, , good, rows] of tables) {
    const ceremony = name === 'checkRegistration()' ? 'register' : 'authenticate';
    for (const [what, change] of rows) {
      const body = change(good);
      expect(await lazy.judgeCredential(ceremony, body), what).toEqual(
        atOnce.judgeCredential(ceremony, body),
      );
    }
  }
});

test('judging with late code accepts a passkey made without asking the user if the mediation was conditional', async () => {
  const lazy: Lazy = await load('lazy');
  const silent = (await createAuthenticator()).register(encode(`YF${'a'.repeat(32)}`), {
    flags: flag.attested,
  });
  expect(await lazy.judgeCredential('register', silent, { mediation: 'conditional' })).toEqual({
    credential: silent,
  });
  expect(await lazy.judgeCredential('register', silent)).toMatchObject({ rules: ['user not present'] });
});
