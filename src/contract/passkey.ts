/** What the relay tells a page about its user and their passkeys, in addition to Verify's own resources. */
import * as v from 'valibot';
import { ChallengeAnswer, FactorAnswer } from './resource.ts';
import { optional, text } from './wire.ts';

/** A passkey as the relay lists it: a Factor, and what the browser needs to update its own list of passkeys. */
export const PasskeyAnswer = v.object({
  ...FactorAnswer.entries,
  credential_id: optional(text),
  rp_id: optional(text),
  aaguid: optional(text),
  last_used: optional(text),
});

/** The names of the account, as `identify()` gave them. Absent if it gave none. */
const userNames = { user_name: optional(text), display_name: optional(text) };

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
export const ApprovalAnswer = v.object({ ...ChallengeAnswer.entries, ...userNames });
