/** An authenticator in software, which makes passkeys and signs with them: for a probe of Verify without a browser. */
import { fromBytes, toBytes } from '../../contract/bytes.ts';
import { sha256 } from '../../contract/check/sha256.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../../contract/credential.ts';

/** The page that asks, and values that page and authenticator put in place of the true ones. */
export type Wish = {
  origin: string;
  rpId: string;
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

export type Algorithm = 'ES256' | 'RS256' | 'EdDSA';

/** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
export const flag = { userPresent: 0x01, userVerified: 0x04, attested: 0x40 };
const confirmed = flag.userPresent | flag.userVerified;

/** The parameters of Web Crypto: for the key pair, and for a signature. */
const keys: Record<
  Algorithm,
  [make: EcKeyGenParams | RsaHashedKeyGenParams | { name: 'Ed25519' }, sign: EcdsaParams | { name: string }]
> = {
  ES256: [
    { name: 'ECDSA', namedCurve: 'P-256' },
    { name: 'ECDSA', hash: 'SHA-256' },
  ],
  RS256: [
    {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
    },
    { name: 'RSASSA-PKCS1-v1_5' },
  ],
  EdDSA: [{ name: 'Ed25519' }, { name: 'Ed25519' }],
};

export type SoftwareAuthenticator = Awaited<ReturnType<typeof createSoftwareAuthenticator>>;

/** Makes one passkey, which registers and signs in. `register` needs no signature: its attestation has the format none. */
export async function createSoftwareAuthenticator(algorithm: Algorithm = 'ES256') {
  const [make, how] = keys[algorithm];
  // Each of the three is an algorithm with two keys, which the type of a text as a name does not say.
  const pair = (await crypto.subtle.generateKey(make, true, ['sign', 'verify'])) as CryptoKeyPair;
  const key = toCose(await crypto.subtle.exportKey('jwk', pair.publicKey));
  const credentialId = crypto.getRandomValues(new Uint8Array(32));
  const id = fromBytes(credentialId);
  const head = { id, rawId: id, authenticatorAttachment: 'platform', type: 'public-key' } as const;

  return {
    id,
    /** The COSE key, as it stands in the attestation object. */
    key,

    register(challenge: string, wish: Wish): RegistrationCredential {
      const { flags = confirmed | flag.attested, counter = 0, rpId, aaguid = '0'.repeat(32) } = wish;
      const model = fromHex(aaguid.replaceAll('-', ''));
      const attested = [model, [0, credentialId.length], credentialId, key];
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', join(toAuthenticatorData(rpId, flags, counter), ...attested)],
      ]);
      return {
        ...head,
        response: {
          clientDataJSON: fromBytes(toClientData('webauthn.create', challenge, wish)),
          attestationObject: fromBytes(writeCbor(attestation)),
          transports: ['internal'],
        },
      };
    },

    async sign(challenge: string, wish: Wish): Promise<AuthenticationCredential> {
      const { flags = confirmed, counter = 0, rpId, userHandle } = wish;
      const clientData = toClientData('webauthn.get', challenge, wish);
      const authenticatorData = toAuthenticatorData(rpId, flags, counter);
      const signed = join(authenticatorData, sha256(clientData));
      const raw = new Uint8Array(await crypto.subtle.sign(how, pair.privateKey, signed));
      return {
        ...head,
        response: {
          clientDataJSON: fromBytes(clientData),
          authenticatorData: fromBytes(authenticatorData),
          signature: fromBytes(algorithm === 'ES256' ? toDer(raw) : raw),
          userHandle,
        },
      };
    },
  };
}

/** https://www.w3.org/TR/webauthn-3/#clientdatajson-serialization */
function toClientData(type: string, challenge: string, wish: Wish): Uint8Array<ArrayBuffer> {
  const data = {
    type: wish.type ?? type,
    challenge: wish.challenge ?? challenge,
    origin: wish.origin,
    crossOrigin: 'crossOrigin' in wish ? wish.crossOrigin : false,
    topOrigin: wish.topOrigin,
  };
  return toUtf8(JSON.stringify(data));
}

function toAuthenticatorData(rpId: string, flags: number, counter: number): Uint8Array<ArrayBuffer> {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, counter);
  return join(sha256(toUtf8(rpId)), [flags], count);
}

/**
 * https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1, https://www.rfc-editor.org/rfc/rfc8230#section-4 and
 * https://www.rfc-editor.org/rfc/rfc9053#section-7.2
 */
function toCose({ kty, x, y, n, e }: JsonWebKey): Uint8Array {
  const bytes = (text = '') => toBytes(text);
  const members: Record<string, [number, Cbor][]> = {
    EC: [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ],
    RSA: [
      [1, 3],
      [3, -257],
      [-1, bytes(n)],
      [-2, bytes(e)],
    ],
    OKP: [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(x)],
    ],
  };
  return writeCbor(new Map(members[kty ?? '']));
}

/** Web Crypto signs with r and s alone; WebAuthn sends them as a DER sequence. https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3 */
function toDer(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => {
    const from = bytes.findIndex((byte) => byte !== 0);
    const short = bytes.subarray(from);
    const [high = 0] = short;
    const positive = high > 127 ? [0, ...short] : [...short];
    return [2, positive.length, ...positive];
  };
  const both = [...integer(raw.subarray(0, 32)), ...integer(raw.subarray(32))];
  return Uint8Array.of(0x30, both.length, ...both);
}

type Cbor = number | string | Uint8Array | Cbor[] | Map<Cbor, Cbor>;

/** https://www.rfc-editor.org/rfc/rfc8949#section-3 */
export function writeCbor(value: Cbor): Uint8Array {
  if (typeof value === 'number') return value < 0 ? writeHead(1, -1 - value) : writeHead(0, value);
  if (typeof value === 'string') return join(writeHead(3, toUtf8(value).length), toUtf8(value));
  if (value instanceof Uint8Array) return join(writeHead(2, value.length), value);
  if (Array.isArray(value)) return join(writeHead(4, value.length), ...value.map(writeCbor));
  return join(writeHead(5, value.size), ...[...value].flat().map(writeCbor));
}

function writeHead(major: number, argument: number): Uint8Array {
  if (argument < 24) return Uint8Array.of((major << 5) | argument);
  if (argument < 256) return Uint8Array.of((major << 5) | 24, argument);
  return Uint8Array.of((major << 5) | 25, argument >> 8, argument & 255);
}

const toUtf8 = (text: string) => new TextEncoder().encode(text);

const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

const join = (...parts: ArrayLike<number>[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)));
