/** What the relay tells a page of its user and of their passkeys, beside Verify's own resources. */
import * as v from 'valibot';
import { ChallengeAnswer, FactorAnswer } from './resource.ts';
import { optional, text } from './wire.ts';

/** A passkey as the relay shows it to its owner: a Factor, and what the browser must know to keep its own list. */
export const PasskeyAnswer = v.object({
  ...FactorAnswer.entries,
  credential_id: optional(text),
  rp_id: optional(text),
  aaguid: optional(text),
  last_used: optional(text),
});

/** What the account is called, as the app's own login page shows it; absent where `identify()` does not say. */
const userNames = { user_name: optional(text), display_name: optional(text) };

/** A user's passkeys, as the relay lists them. */
export const PasskeyList = v.object({ factors: v.array(PasskeyAnswer), ...userNames });

/** An approved sign-in, as the relay answers it. */
export const ApprovalAnswer = v.object({ ...ChallengeAnswer.entries, ...userNames });
