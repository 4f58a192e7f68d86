/** What the relay tells a page about its user and their passkeys, in addition to Verify's own resources. */
import * as v from 'valibot';
import { ChallengeAnswer, FactorAnswer } from './resource.ts';
import { lenient, text } from './wire.ts';

/** The page decides nothing by these, so that it takes an answer without them. */
const identity = v.fallback(FactorAnswer.entries.identity, undefined);
const entity_sid = v.fallback(FactorAnswer.entries.entity_sid, undefined);
const factor_sid = v.fallback(ChallengeAnswer.entries.factor_sid, undefined);

/** A verified registration, as the relay answers it. */
export const RegistrationAnswer = v.object({ ...FactorAnswer.entries, identity, entity_sid });

/** A passkey as the relay lists it: a Factor, and what the browser needs to update its own list of passkeys. */
export const PasskeyAnswer = v.object({
  ...RegistrationAnswer.entries,
  credential_id: lenient(text),
  rp_id: lenient(text),
  aaguid: lenient(text),
  last_used: lenient(text),
});

/** The names of the account, as `identify()` returned them. Absent if it returned none. */
const userNames = { user_name: lenient(text), display_name: lenient(text) };

/**
 * A user's passkeys, as the relay lists them. The page tells the browser that there are no others only if `complete` is
 * true: nobody knows of a passkey of this user that may be missing. Any other value, or none, means doubt.
 */
export const PasskeyList = v.object({
  factors: v.array(PasskeyAnswer),
  complete: v.fallback(v.optional(v.boolean()), undefined),
  ...userNames,
});

/** An approved sign-in, as the relay answers it. */
export const ApprovalAnswer = v.object({
  ...ChallengeAnswer.entries,
  identity,
  entity_sid,
  factor_sid,
  ...userNames,
});
