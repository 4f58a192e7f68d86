/** Two schemas for Verify's answers: a text, and a value that may be empty. */
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

export const text = v.pipe(v.string(), v.minLength(1));
