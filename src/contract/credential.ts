/** The two credentials that leave the page, with the exact names, encodings and members that Verify takes. */
import * as v from 'valibot';
import { base64urlPattern, noHexPattern } from './base64url.ts';
import { transports } from './transport.ts';
import { optional } from './wire.ts';

// Messages are empty on purpose: valibot's own would repeat the received value, and that is credential bytes.
const base64url = v.pipe(v.string(''), v.regex(base64urlPattern, ''), v.regex(noHexPattern, ''));

const transport = v.picklist(transports, '');

const credential = {
  id: base64url,
  rawId: base64url,
  authenticatorAttachment: v.picklist(['platform', 'cross-platform'], ''),
  // Verify's OpenAPI file gives `type` this default, so a body without it is fit.
  type: v.optional(v.picklist(['public-key'], ''), 'public-key'),
};

/** What VerifyFactor takes. https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson */
export const RegistrationCredential = v.object({
  ...credential,
  response: v.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: v.optional(v.array(transport, '')),
  }),
});

/** What ApproveChallenge takes. https://www.w3.org/TR/webauthn-3/#dictdef-authenticationresponsejson */
export const AuthenticationCredential = v.object({
  ...credential,
  response: v.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    // Browsers and password managers say "none" as absent, null or ''; only a real handle travels.
    userHandle: optional(base64url),
  }),
});

/** A new passkey's credential, as VerifyFactor takes it: every binary member base64url, nothing else beside the names. */
export type RegistrationCredential = v.InferOutput<typeof RegistrationCredential>;

/** A sign-in's credential, as ApproveChallenge takes it: every binary member base64url, nothing else beside the names. */
export type AuthenticationCredential = v.InferOutput<typeof AuthenticationCredential>;
