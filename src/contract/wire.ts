/** Schemas for Verify's answers: a text, a value that may be empty, and one that nothing depends on. */
import * as v from 'valibot';

/** Absent, null and the empty string all mean "no value" on this wire. */
/* @__NO_SIDE_EFFECTS__ */
export const optional = <T extends v.GenericSchema>(schema: T) =>
  v.optional(
    v.pipe(
      v.unknown(),
      v.transform((value) => (value === null || value === '' ? undefined : value)),
      v.optional(schema),
    ),
  );

/** A value that nothing depends on: if it is of another type, it counts as absent. */
/* @__NO_SIDE_EFFECTS__ */
export const lenient = <T extends v.GenericSchema>(schema: T) => v.fallback(optional(schema), undefined);

export const text = v.pipe(v.string(), v.minLength(1));
