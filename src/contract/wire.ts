/** What all resources of Verify have in common on the wire. */
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

export const text = v.pipe(v.string(), v.regex(/./s));
