/**
 * Decides who signed in. The sources, the strongest first:
 *
 * 1. The store: whoever it remembers as the owner of the passkey. Verify must name nobody else.
 * 2. Verify: whoever it names in the approved Challenge, if the store remembers nobody.
 *
 * Two more sources never decide, but must not contradict: the user that the Challenge was made for, and the userHandle,
 * which is not signed.
 */
import { identityPattern } from '../contract/identifier.ts';
import type { ChallengeAnswer } from '../contract/resource.ts';
import type { Owner } from './owners.ts';
import { Refusal } from './refusal.ts';

/** What is known before Verify is asked. A source that is absent or empty says nothing. */
export type SignInEvidence = {
  /** The user that the Challenge was made for. */
  askedFor: string;
  /** The Entity whose SID is in the userHandle. */
  handleEntity: string | undefined;
  /** The owner that the store remembers. */
  remembered: Owner | undefined;
};

/** Refuses what Verify's answer could not change, so that the Challenge is not used up. */
export function demandAgreement({ askedFor, handleEntity, remembered }: SignInEvidence): void {
  if (!agree(handleEntity, remembered?.entitySid)) throw refuseHandle();
  if (!agree(askedFor, remembered?.identity)) throw new Refusal('ceremony_mismatch');
}

/** Returns who signed in, once Verify has approved the Challenge. */
export function decideOwner(
  { askedFor, handleEntity, remembered }: SignInEvidence,
  approved: ChallengeAnswer,
) {
  const owner = remembered ?? readVerifiedOwner(approved, askedFor);
  const { identity, entitySid = approved.entity_sid, factorSid = approved.factor_sid } = owner;
  const isTheirs =
    agree(approved.identity, identity) &&
    agree(approved.entity_sid, entitySid) &&
    agree(approved.factor_sid, factorSid);
  if (!isTheirs) throw refuseUser('Verify names another user, Entity or Factor than the storage remembers.');
  if (!agree(handleEntity, entitySid)) throw refuseHandle();
  return { identity, entitySid, factorSid };
}

/** Verify holds the passkey's public key and has checked the signature, so its answer counts if nobody is remembered. */
function readVerifiedOwner({ identity }: ChallengeAnswer, askedFor: string): Owner {
  if (identity === undefined) throw new Refusal('unknown_credential');
  if (!identityPattern.test(identity)) throw refuseUser('Verify names a malformed identity.');
  if (!agree(askedFor, identity)) {
    throw refuseUser('Verify names another user than the Challenge was made for.');
  }
  return { identity };
}

export const refuseUser = (note: string) => new Refusal('verify_invalid_answer', { note });

const refuseHandle = () =>
  new Refusal('unknown_credential', { note: "The userHandle is of another Entity than the passkey's." });

/** Whether two sources agree. A source without a value agrees with any. */
function agree(said: string | undefined, known: string | undefined): boolean {
  return !said || !known || said === known;
}
