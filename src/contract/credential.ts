/** The two credentials that leave the page, with the exact names, encodings and members that Verify takes. */
import * as v from 'valibot';
import { base64urlPattern, isHex } from './base64url.ts';
import { type Transport, transports } from './transport.ts';
import { optional } from './wire.ts';

// The messages are empty on purpose: valibot's own would repeat the received value, which is credential bytes.
/** Hex is valid base64url too. src/openapi leaves this rule out, since JSON Schema has one pattern for a text. */
export const noHex = v.check((text: string) => !isHex(text), '');

const base64url = v.pipe(v.string(''), v.regex(base64urlPattern, ''), noHex);

const transport = v.picklist(transports, '');

const credential = {
  id: base64url,
  rawId: base64url,
  authenticatorAttachment: v.picklist(['platform', 'cross-platform'], ''),
  // Verify's OpenAPI file gives `type` this default, so a body may leave it out.
  type: v.optional(v.picklist(['public-key'], ''), 'public-key'),
};

/** A new passkey's credential, as VerifyFactor takes it. Every member that holds bytes is base64url without padding. */
export type RegistrationCredential = {
  /** The id of the passkey, base64url, as the browser gives it. */
  id: string;
  /** The same bytes as `id`, and so the same text. */
  rawId: string;
  /** Whether the passkey is in this device or in another one, such as a security key or a phone. */
  authenticatorAttachment: 'platform' | 'cross-platform';
  /** The only type of credential that WebAuthn knows. */
  type: 'public-key';
  /** What browser and authenticator answered. */
  response: {
    /** The JSON that the browser made of type, challenge and origin: its UTF-8 bytes, base64url. */
    clientDataJSON: string;
    /** The CBOR that the authenticator made, with the new passkey's id and public key: base64url. */
    attestationObject: string;
    /** How the browser may reach the authenticator, if the browser says so. */
    transports?: Transport[] | undefined;
  };
};

/** A sign-in's credential, as ApproveChallenge takes it. Every member that holds bytes is base64url without padding. */
export type AuthenticationCredential = {
  /** The id of the passkey, base64url, as the browser gives it. */
  id: string;
  /** The same bytes as `id`, and so the same text. */
  rawId: string;
  /** Whether the passkey is in this device or in another one, such as a security key or a phone. */
  authenticatorAttachment: 'platform' | 'cross-platform';
  /** The only type of credential that WebAuthn knows. */
  type: 'public-key';
  /** What browser and authenticator answered. */
  response: {
    /** The JSON that the browser made of type, challenge and origin: its UTF-8 bytes, base64url. */
    clientDataJSON: string;
    /** What the authenticator signed, together with the hash of clientDataJSON: base64url. */
    authenticatorData: string;
    /** The passkey's signature, base64url. An ECDSA signature is a DER sequence. */
    signature: string;
    /** base64url of the Entity SID that Verify gave as `user.id`, if the authenticator keeps it. */
    userHandle?: string | undefined;
  };
};

/** A schema for each member of a type, and no others. */
type SchemasOf<T> = { [K in keyof Required<T>]: v.GenericSchema<unknown, T[K]> };

/** https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson */
export const RegistrationSchema = v.object({
  ...credential,
  response: v.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    // There are six transports, so a longer list is not read item by item.
    transports: v.optional(v.pipe(v.array(v.unknown(), ''), v.maxLength(16, ''), v.array(transport, ''))),
  } satisfies SchemasOf<RegistrationCredential['response']>),
} satisfies SchemasOf<RegistrationCredential>);

/** https://www.w3.org/TR/webauthn-3/#dictdef-authenticationresponsejson */
export const AuthenticationSchema = v.object({
  ...credential,
  response: v.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    // If there is no handle, browsers and password managers leave it out or give null or ''. Only a real one is sent.
    userHandle: optional(base64url),
  } satisfies SchemasOf<AuthenticationCredential['response']>),
} satisfies SchemasOf<AuthenticationCredential>);
