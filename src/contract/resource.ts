/** The resources that Verify answers with. */
import * as v from 'valibot';
import { sidOf } from './identifier.ts';
import { maxFriendlyName } from './name.ts';
import { lenient, optional, text } from './wire.ts';

const sid = (letters: 'YE' | 'YF' | 'YC') => v.pipe(v.string(), v.regex(sidOf(letters)));

/** The name of a passkey. */
export const friendlyName = v.pipe(v.string(), v.minLength(1), v.maxLength(maxFriendlyName));

/** `approved` is read as `verified`, since a template of Twilio's takes both. Assumption: factor-verified */
const factorStatus = v.pipe(
  v.unknown(),
  v.transform((status) => (status === 'approved' ? 'verified' : status)),
  v.picklist(['unverified', 'verified']),
);

/** A Factor on the wire. */
export const FactorAnswer = v.object({
  sid: sid('YF'),
  status: factorStatus,
  identity: optional(text),
  entity_sid: optional(sid('YE')),
  friendly_name: lenient(text),
  date_created: lenient(text),
});

/** A Challenge on the wire. If it is discoverable, everything but `sid` and `status` may be empty. */
export const ChallengeAnswer = v.object({
  sid: sid('YC'),
  status: v.picklist(['pending', 'expired', 'approved', 'denied']),
  identity: optional(text),
  entity_sid: optional(sid('YE')),
  factor_sid: optional(sid('YF')),
  date_created: lenient(text),
});

export type FactorAnswer = v.InferOutput<typeof FactorAnswer>;
export type ChallengeAnswer = v.InferOutput<typeof ChallengeAnswer>;
