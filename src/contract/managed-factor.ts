/** A Factor as Verify lists it for its Entity. */
import * as v from 'valibot';
import { FactorAnswer } from './resource.ts';
import { lenient, text } from './wire.ts';

/** A UUID that names the model of an authenticator. https://www.w3.org/TR/webauthn-3/#aaguid */
const aaguid = v.pipe(v.string(), v.regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i), v.toLowerCase());

const date = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/));

/**
 * What Verify says about a Factor in its `metadata`: an object, or the JSON text of an object. Nothing depends on it,
 * so any other value counts as absent.
 */
const FactorMetadata = v.fallback(
  v.pipe(
    v.union([v.pipe(v.string(), v.parseJson()), v.unknown()]),
    v.object({
      aaguid: v.fallback(v.optional(aaguid), undefined),
      date_last_approved: v.fallback(v.optional(date), undefined),
    }),
  ),
  {},
);

/** A Factor, with the members that only a list has. */
export const ManagedFactor = v.object({
  ...FactorAnswer.entries,
  factor_type: text,
  metadata: v.optional(FactorMetadata),
  config: lenient(v.object({ relying_party: lenient(v.object({ id: lenient(text) })) })),
});
export type ManagedFactor = v.InferOutput<typeof ManagedFactor>;
