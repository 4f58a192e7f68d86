/** The resources that Verify answers with, and the relay's and Twilio's way of saying no. */
import * as v from 'valibot';
import { optional, text } from './options.ts';
import { sidOf } from './route.ts';

const sid = (letters: 'YE' | 'YF' | 'YC') => v.pipe(v.string(), v.regex(sidOf(letters)));

/** A Factor on the wire. */
export const FactorAnswer = v.object({
  sid: sid('YF'),
  status: v.picklist(['unverified', 'verified']),
  identity: optional(text),
  entity_sid: optional(sid('YE')),
  friendly_name: optional(text),
  date_created: optional(text),
});

/** A Challenge on the wire. A discoverable one may leave everything but `sid` and `status` empty. */
export const ChallengeAnswer = v.object({
  sid: sid('YC'),
  status: v.picklist(['pending', 'expired', 'approved', 'denied']),
  identity: optional(text),
  entity_sid: optional(sid('YE')),
  factor_sid: optional(sid('YF')),
  date_created: optional(text),
});

/** A Factor as an Entity's list shows it. */
export const ManagedFactor = v.object({
  ...FactorAnswer.entries,
  factor_type: text,
  config: optional(v.object({ relying_party: optional(v.object({ id: optional(text) })) })),
});

/** A passkey as the relay shows it to its owner: a Factor, and what the browser must know to keep its own list. */
export const PasskeyAnswer = v.object({
  ...FactorAnswer.entries,
  credential_id: optional(text),
  rp_id: optional(text),
});

export type FactorAnswer = v.InferOutput<typeof FactorAnswer>;
export type ChallengeAnswer = v.InferOutput<typeof ChallengeAnswer>;

/** How an error looks on the wire: Twilio's with a number, the relay's own with a word. */
export const ErrorAnswer = v.object({
  code: v.union([v.number(), text]),
  message: v.string(),
  status: optional(v.number()),
  more_info: optional(text),
});

/**
 * Why Verify or the relay said no.
 * `code` is Twilio's number (https://www.twilio.com/docs/api/errors) or one of the relay's own words,
 * `status` the HTTP status, `moreInfo` the page of the code.
 */
export type Rejection = { code: number | string; message: string; status: number; moreInfo?: string };
