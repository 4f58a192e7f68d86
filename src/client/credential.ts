/** Turns what the browser or a password manager answers into the JSON credential that Verify takes. */
import { bufferToBase64URLString } from '@simplewebauthn/browser';
import { type Attachment, completeAttachment, isAttachment } from '../contract/attachment.ts';
import { fromBase64 } from '../contract/bytes.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import type { CreationOptions, RequestOptions } from '../contract/options.ts';
import { isTransport } from '../contract/transport.ts';

/** The extensions' results. The member is not enumerable, so JSON and spreading leave it out: it is never sent. */
export type ExtensionResults = {
  /** As the browser gave them, bytes as ArrayBuffers. Only if the options had extensions. */
  readonly clientExtensionResults?: AuthenticationExtensionsClientOutputs;
};

/** What the browser said beside the credential. The members are not enumerable, so they are never sent. */
export type UnsentMembers = ExtensionResults & {
  /**
   * `authenticatorAttachment` as the browser said it; undefined if it said none. The credential's own member then comes
   * from the transports, since Verify demands one. Post such a credential to the relay's route with
   * `?attachment=completed`, so that `onVerified` and `onApproved` do not take it for the browser's word.
   */
  readonly saidAttachment?: 'platform' | 'cross-platform';
};

export function toRegistration(
  credential: PublicKeyCredential,
  { extensions }: CreationOptions,
): RegistrationCredential & UnsentMembers {
  const response = credential.response as AuthenticatorAttestationResponse; // create() answers with this.
  const { attestationObject, clientDataJSON } = response;
  // Verify accepts no other transports.
  const known = read(() => response.getTransports().filter(isTransport)) ?? [];
  const said = readAttachment(credential);
  const json = {
    ...toHead(credential, said, known),
    response: {
      clientDataJSON: encode(clientDataJSON),
      attestationObject: encode(attestationObject),
      ...(known.length > 0 && { transports: known }),
    },
  };
  return withUnsent(json, said, extensions && read(() => credential.getClientExtensionResults()));
}

export function toAuthentication(
  credential: PublicKeyCredential,
  { allowCredentials, extensions }: RequestOptions,
): AuthenticationCredential & UnsentMembers {
  const response = credential.response as AuthenticatorAssertionResponse; // get() answers with this.
  const { authenticatorData, clientDataJSON, signature } = response;
  const userHandle = encode(read(() => response.userHandle));
  const asked = allowCredentials?.find(({ id }) => id === encode(credential.id));
  const said = readAttachment(credential);
  const json = {
    ...toHead(credential, said, asked?.transports ?? []),
    response: {
      clientDataJSON: encode(clientDataJSON),
      authenticatorData: encode(authenticatorData),
      signature: encode(signature),
      ...(userHandle && { userHandle }),
    },
  };
  return withUnsent(json, said, extensions && read(() => credential.getClientExtensionResults()));
}

/** Adds members that are never sent. The extensions' results may hold a secret. */
function withUnsent<T extends object>(
  json: T,
  saidAttachment: Attachment | undefined,
  clientExtensionResults: AuthenticationExtensionsClientOutputs | undefined,
): T & UnsentMembers {
  for (const [name, value] of Object.entries({ saidAttachment, clientExtensionResults })) {
    if (value) Object.defineProperty(json, name, { value });
  }
  return json;
}

function readAttachment(credential: PublicKeyCredential): Attachment | undefined {
  const said = read(() => credential.authenticatorAttachment);
  return isAttachment(said) ? said : undefined;
}

function toHead(
  credential: PublicKeyCredential,
  said: Attachment | undefined,
  transports: readonly string[],
): Head {
  // Some password managers give only one of the two.
  const id = encode(read(() => credential.id));
  const rawId = encode(read(() => credential.rawId));
  return {
    id: id || rawId,
    rawId: rawId || id,
    authenticatorAttachment: completeAttachment(said, transports),
    type: 'public-key',
  };
}

type Head = Omit<RegistrationCredential, 'response'>;

/** Reads a member. Returns undefined if it throws: a password manager's object may inherit such getters. */
function read<T>(member: () => T): T | undefined {
  try {
    return member();
  } catch {
    return undefined;
  }
}

/** Base64url of a buffer, a view into a buffer or a list of bytes. Text is base64 or base64url already. */
function encode(value: unknown): string {
  if (typeof value === 'string') return fromBase64(value);
  if (typeof value !== 'object' || !value) return '';
  // A view may look into a longer buffer.
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value as ArrayBuffer); // Or a list of bytes, which Uint8Array takes too.
  return bufferToBase64URLString(bytes.slice().buffer);
}
