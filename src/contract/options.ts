/** Reads the options that Verify gives for navigator.credentials, in every shape that its documentation shows. */
import * as v from 'valibot';
import { base64urlPattern } from './base64url.ts';
import { type Ceremony, ceremonies } from './ceremony.ts';
import { lenient, optional, text } from './wire.ts';

const base64url = v.pipe(v.string(), v.regex(base64urlPattern));
const publicKey = v.picklist(['public-key']);
const preference = v.picklist(['required', 'preferred', 'discouraged']);
// Verify refuses a negative timeout itself (60384). If one comes from elsewhere, it is ignored.
const timeout = lenient(
  v.pipe(
    v.number(),
    v.transform((given) => (given > 0 ? given : undefined)),
  ),
);

const descriptors = optional(
  v.array(v.object({ id: base64url, type: publicKey, transports: lenient(v.array(text)) })),
);

// Twilio's clients expect a list; its OpenAPI examples print a single object.
const parameters = v.pipe(
  v.unknown(),
  v.transform((given) => (Array.isArray(given) ? given : [given])),
  v.array(v.object({ type: publicKey, alg: v.number() })),
);

const hints = lenient(v.array(text));

// Only the browser knows what an extension takes, so any object is accepted.
const extensions = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((given) => (typeof given === 'object' && given ? given : undefined)),
  ),
);

/** Creation options. https://www.w3.org/TR/webauthn-3/#dictdef-publickeycredentialcreationoptionsjson */
export const CreationOptions = v.object({
  rp: v.object({ id: optional(text), name: text }),
  user: v.object({ id: base64url, name: text, displayName: v.string() }),
  challenge: base64url,
  pubKeyCredParams: parameters,
  timeout,
  excludeCredentials: descriptors,
  authenticatorSelection: optional(
    v.object({
      // Verify writes `any` for "no preference". In WebAuthn the member is then left out.
      authenticatorAttachment: optional(
        v.pipe(
          v.picklist(['platform', 'cross-platform', 'any']),
          v.transform((attachment) => (attachment === 'any' ? undefined : attachment)),
        ),
      ),
      requireResidentKey: lenient(v.boolean()),
      residentKey: optional(preference),
      userVerification: optional(preference),
    }),
  ),
  attestation: lenient(v.picklist(['none', 'indirect', 'direct', 'enterprise'])),
  hints,
  extensions,
});

const Request = v.object({
  challenge: base64url,
  rpId: optional(text),
  allowCredentials: descriptors,
  userVerification: optional(preference),
  timeout,
  hints,
  extensions,
});

/**
 * Request options. https://www.w3.org/TR/webauthn-3/#dictdef-publickeycredentialrequestoptionsjson
 * Twilio's OpenAPI examples show creation options for a Challenge. From such options, rpId is read from rp.id, and
 * userVerification from authenticatorSelection.
 */
export const RequestOptions = v.pipe(
  v.object({
    ...Request.entries,
    rp: lenient(v.object({ id: lenient(text) })),
    authenticatorSelection: lenient(v.object({ userVerification: lenient(preference) })),
  }),
  v.transform(
    ({ rp, authenticatorSelection, ...options }): v.InferOutput<typeof Request> => ({
      ...options,
      // The same examples show the timeout of a Factor, which is longer than a Challenge lives.
      timeout: options.timeout && Math.min(options.timeout, ceremonies.authenticate.lifetime),
      rpId: options.rpId ?? rp?.id,
      userVerification: options.userVerification ?? authenticatorSelection?.userVerification,
    }),
  ),
);

export type CreationOptions = v.InferOutput<typeof CreationOptions>;
export type RequestOptions = v.InferOutput<typeof RequestOptions>;

const schemas = { register: CreationOptions, authenticate: RequestOptions };
export type OptionsOf<S extends Ceremony> = v.InferOutput<(typeof schemas)[S]>;

/** Reads the options of a ceremony from a Factor or Challenge, from `{ publicKey }`, or from the bare options. */
export function readOptions<S extends Ceremony>(
  ceremony: S,
  answer: unknown,
): v.SafeParseResult<(typeof schemas)[S]> {
  let options = answer;
  for (const wrapping of ['options', 'publicKey']) {
    if (typeof options === 'object' && options !== null && Object.hasOwn(options, wrapping)) {
      // hasOwn has found the member, which TypeScript does not learn from it.
      options = (options as Record<string, unknown>)[wrapping];
    }
  }
  return v.safeParse(schemas[ceremony], options);
}
