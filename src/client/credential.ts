/** Turns what the browser or a password manager answers into the JSON credential that Verify takes. */
import { bufferToBase64URLString } from '@simplewebauthn/browser';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import type { CreationOptions, RequestOptions } from '../contract/options.ts';
import { isTransport } from '../contract/transport.ts';

/** What extensions gave, beside a credential. It is not enumerable, so that JSON, spreading and the relay never carry it. */
export type ExtensionResults = {
  /** As the browser gave it, bytes as ArrayBuffers; only where the options held extensions. */
  readonly clientExtensionResults?: AuthenticationExtensionsClientOutputs;
};

export function toRegistration(
  credential: PublicKeyCredential,
  { extensions }: CreationOptions,
): RegistrationCredential & ExtensionResults {
  const response = credential.response as AuthenticatorAttestationResponse;
  const { attestationObject, clientDataJSON } = response;
  // Verify takes no other names than these.
  const known = read(() => response.getTransports().filter(isTransport)) ?? [];
  const json = {
    ...toHead(credential, known),
    response: {
      clientDataJSON: encode(clientDataJSON),
      attestationObject: encode(attestationObject),
      ...(known.length > 0 && { transports: known }),
    },
  };
  return withResults(json, credential, extensions);
}

export function toAuthentication(
  credential: PublicKeyCredential,
  { allowCredentials, extensions }: RequestOptions,
): AuthenticationCredential & ExtensionResults {
  const response = credential.response as AuthenticatorAssertionResponse;
  const { authenticatorData, clientDataJSON, signature } = response;
  const userHandle = encode(read(() => response.userHandle));
  const asked = allowCredentials?.find(({ id }) => id === encode(credential.id));
  const json = {
    ...toHead(credential, asked?.transports ?? []),
    response: {
      clientDataJSON: encode(clientDataJSON),
      authenticatorData: encode(authenticatorData),
      signature: encode(signature),
      ...(userHandle && { userHandle }),
    },
  };
  return withResults(json, credential, extensions);
}

/** Puts what the extensions gave beside the credential, so that nothing that is sent carries it: it may be a secret. */
function withResults<T extends object>(
  json: T,
  credential: PublicKeyCredential,
  extensions: object | undefined,
): T & ExtensionResults {
  const value = extensions && read(() => credential.getClientExtensionResults());
  return value ? Object.defineProperty(json, 'clientExtensionResults', { value }) : json;
}

/** Verify requires an attachment, yet a browser may give null: then the transports tell, else it is the platform's. */
function toHead(credential: PublicKeyCredential, transports: readonly string[]) {
  // Some password managers give only one of the two.
  const id = encode(read(() => credential.id));
  const rawId = encode(read(() => credential.rawId));
  const attachment = read(() => credential.authenticatorAttachment);
  const guess = transports.length === 0 || transports.includes('internal') ? 'platform' : 'cross-platform';
  return {
    id: id || rawId,
    rawId: rawId || id,
    authenticatorAttachment:
      attachment === 'platform' || attachment === 'cross-platform' ? attachment : guess,
    type: 'public-key',
  } as const;
}

/** What a member gives, or undefined where it is missing or throws: a password manager's object may inherit getters that refuse it. */
function read<T>(member: () => T): T | undefined {
  try {
    return member();
  } catch {
    return undefined;
  }
}

/** Base64url of a buffer, of a view into one, of a list of bytes, or of text that is base64 of some kind already. */
function encode(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  if (typeof value !== 'object' || !value) return '';
  // A view may look into a longer buffer.
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value as ArrayBuffer);
  return bufferToBase64URLString(bytes.slice().buffer);
}
