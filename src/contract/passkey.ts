/** A passkey among its owner's others: as Verify lists it, and as the relay does. */
import * as v from 'valibot';
import { FactorAnswer } from './resource.ts';
import { optional, text } from './wire.ts';

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
