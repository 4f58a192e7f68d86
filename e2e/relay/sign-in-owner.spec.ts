/** Who signed in, decided from what the store, Verify, the Challenge and the userHandle say. */
import { expect, test } from '@playwright/test';
import { decideOwner, demandAgreement } from '#sign-in-owner';
import { ada, bob } from './stage.ts';

type Evidence = Parameters<typeof decideOwner>[0];
type ApprovedChallenge = Partial<Parameters<typeof decideOwner>[1]>;

const [entity, otherEntity] = [`YE${'1'.repeat(32)}`, `YE${'2'.repeat(32)}`];
const [factor, otherFactor] = [`YF${'1'.repeat(32)}`, `YF${'2'.repeat(32)}`];
const adaInStore = { identity: ada, entitySid: entity, factorSid: factor };
const adaAtVerify = { identity: ada, entity_sid: entity, factor_sid: factor };

/** What each source says, and who signs in, or the code of the refusal. `before` means that Verify is not asked. */
const cases: [sources: string, Partial<Evidence>, ApprovedChallenge, outcome: object | string][] = [
  ['store and Verify name Ada', { remembered: adaInStore }, adaAtVerify, adaInStore],
  ['the store names Ada, Verify nobody', { remembered: adaInStore }, {}, adaInStore],
  ['the store names nobody, Verify Ada', {}, adaAtVerify, adaInStore],
  [
    'the store knows only the identity, Verify all',
    { remembered: { identity: ada } },
    adaAtVerify,
    adaInStore,
  ],
  ['Verify names only the identity', {}, { identity: ada }, { identity: ada }],
  ['nobody names anybody', {}, {}, 'unknown_credential'],
  ['only the userHandle names anybody', { handleEntity: entity }, {}, 'unknown_credential'],
  [
    'Verify names Entity and Factor alone',
    {},
    { entity_sid: entity, factor_sid: factor },
    'unknown_credential',
  ],
  ['Verify names no identity', {}, { identity: 'no identity' }, 'verify_invalid_answer'],
  ['the store names Ada, Verify Bob', { remembered: adaInStore }, { identity: bob }, 'verify_invalid_answer'],
  [
    'Verify names another Entity',
    { remembered: adaInStore },
    { entity_sid: otherEntity },
    'verify_invalid_answer',
  ],
  [
    'Verify names another Factor',
    { remembered: adaInStore },
    { factor_sid: otherFactor },
    'verify_invalid_answer',
  ],
  [
    'the Challenge is for Ada, and all agree',
    { askedFor: ada, remembered: adaInStore },
    adaAtVerify,
    adaInStore,
  ],
  ['the Challenge is for Ada, Verify names Ada', { askedFor: ada }, adaAtVerify, adaInStore],
  ['the Challenge is for Bob, Verify names Ada', { askedFor: bob }, adaAtVerify, 'verify_invalid_answer'],
  [
    'the Challenge is for Bob, the store names Ada',
    { askedFor: bob, remembered: adaInStore },
    adaAtVerify,
    'before: ceremony_mismatch',
  ],
  ['the Challenge is for Ada, nobody names anybody', { askedFor: ada }, {}, 'unknown_credential'],
  ['the userHandle agrees', { handleEntity: entity, remembered: adaInStore }, adaAtVerify, adaInStore],
  [
    'the userHandle contradicts the store',
    { handleEntity: otherEntity, remembered: adaInStore },
    adaAtVerify,
    'before: unknown_credential',
  ],
  ['the userHandle contradicts Verify', { handleEntity: otherEntity }, adaAtVerify, 'unknown_credential'],
];

test('who signed in follows from what the store and Verify say, and a contradiction signs in nobody', () => {
  const challenge = { sid: `YC${'1'.repeat(32)}`, status: 'approved' } as const;
  const codeOf = (error: unknown) => (error as { code: string }).code;
  for (const [sources, evidence, approved, outcome] of cases) {
    const all: Evidence = { askedFor: '', handleEntity: undefined, remembered: undefined, ...evidence };
    let decided: unknown;
    try {
      demandAgreement(all);
      try {
        decided = decideOwner(all, { ...challenge, ...approved } as Parameters<typeof decideOwner>[1]);
      } catch (error) {
        decided = codeOf(error);
      }
    } catch (error) {
      decided = `before: ${codeOf(error)}`;
    }
    expect(decided, sources).toEqual(outcome);
  }
});
