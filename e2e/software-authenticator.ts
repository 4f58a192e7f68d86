/** An authenticator in software, for tests without a browser. It makes passkeys and signs with them. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { AuthenticationCredential, RegistrationCredential } from 'verify-passkeys';

/** Values that the page and the authenticator put in place of the true ones. */
export type Wish = {
  origin?: string;
  rpId?: string;
  type?: string;
  challenge?: string;
  flags?: number;
  counter?: number;
  /** The UUID of the authenticator's model. */
  aaguid?: string;
  userHandle?: string | undefined;
  crossOrigin?: unknown;
  topOrigin?: unknown;
};

/** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
export const flag = { userPresent: 0x01, userVerified: 0x04, attested: 0x40 };
const confirmed = flag.userPresent | flag.userVerified;

export const page = { origin: 'https://login.example.com', rpId: 'example.com' };

export type Authenticator = ReturnType<typeof createAuthenticator>;

export function createAuthenticator(algorithm: 'ES256' | 'RS256' = 'ES256') {
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const credentialId = crypto.getRandomValues(new Uint8Array(32));
  const id = Buffer.from(credentialId).toString('base64url');
  const key = toCose(publicKey);
  const head = { id, rawId: id, authenticatorAttachment: 'platform', type: 'public-key' } as const;

  return {
    id,
    /** The COSE key. Tests look for its bytes in an attestation object. */
    key,

    register(challenge: string, wish: Wish = {}): RegistrationCredential {
      const { flags = confirmed | flag.attested, counter = 0, rpId = page.rpId } = wish;
      const model = Buffer.from((wish.aaguid ?? '0'.repeat(32)).replaceAll('-', ''), 'hex');
      const attested = [model, [0, credentialId.length], credentialId, key];
      const authData = join(toAuthenticatorData(rpId, flags, counter), ...attested);
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]);
      return {
        ...head,
        response: {
          clientDataJSON: encode(toClientData('webauthn.create', challenge, wish)),
          attestationObject: encode(writeCbor(attestation)),
          transports: ['internal'],
        },
      };
    },

    sign(challenge: string, wish: Wish = {}): AuthenticationCredential {
      const { flags = confirmed, counter = 0, rpId = page.rpId, userHandle } = wish;
      const clientData = toClientData('webauthn.get', challenge, wish);
      const authenticatorData = toAuthenticatorData(rpId, flags, counter);
      const signature = sign('sha256', join(authenticatorData, sha256(clientData)), privateKey);
      return {
        ...head,
        response: {
          clientDataJSON: encode(clientData),
          authenticatorData: encode(authenticatorData),
          signature: encode(signature),
          userHandle,
        },
      };
    },
  };
}

/** https://www.w3.org/TR/webauthn-3/#clientdatajson-serialization */
function toClientData(type: string, challenge: string, wish: Wish): Uint8Array {
  const { origin = page.origin } = wish;
  const data = {
    type: wish.type ?? type,
    challenge: wish.challenge ?? challenge,
    origin,
    crossOrigin: 'crossOrigin' in wish ? wish.crossOrigin : false,
    topOrigin: wish.topOrigin,
  };
  return Buffer.from(JSON.stringify(data));
}

function toAuthenticatorData(rpId: string, flags: number, counter: number): Uint8Array {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, counter);
  return join(sha256(Buffer.from(rpId)), [flags], count);
}

/** https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1 and https://www.rfc-editor.org/rfc/rfc8230#section-4 */
function toCose(key: KeyObject): Uint8Array {
  const jwk = key.export({ format: 'jwk' });
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  const members: [number, Cbor][] =
    jwk.kty === 'EC'
      ? [
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, bytes(jwk.x)],
          [-3, bytes(jwk.y)],
        ]
      : [
          [1, 3],
          [3, -257],
          [-1, bytes(jwk.n)],
          [-2, bytes(jwk.e)],
        ];
  return writeCbor(new Map(members));
}

type Cbor = number | string | Uint8Array | Cbor[] | Map<Cbor, Cbor>;

/** https://www.rfc-editor.org/rfc/rfc8949#section-3 */
export function writeCbor(value: Cbor): Uint8Array {
  if (typeof value === 'number') return value < 0 ? writeHead(1, -1 - value) : writeHead(0, value);
  if (typeof value === 'string') return join(writeHead(3, Buffer.byteLength(value)), Buffer.from(value));
  if (value instanceof Uint8Array) return join(writeHead(2, value.length), value);
  if (Array.isArray(value)) return join(writeHead(4, value.length), ...value.map(writeCbor));
  return join(writeHead(5, value.size), ...[...value].flat().map(writeCbor));
}

function writeHead(major: number, argument: number): Uint8Array {
  if (argument < 24) return Uint8Array.of((major << 5) | argument);
  if (argument < 256) return Uint8Array.of((major << 5) | 24, argument);
  return Uint8Array.of((major << 5) | 25, argument >> 8, argument & 255);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

export const join = (...parts: ArrayLike<number>[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)));

export const encode = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

export const decode = (base64url: string): Uint8Array => Uint8Array.from(Buffer.from(base64url, 'base64url'));
