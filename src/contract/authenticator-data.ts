/** The signed bytes of an authenticator: flags, attested credential data and public key, read and judged. */
import { type CborMap, readCbor } from './cbor.ts';

/** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
const flag = { userPresent: 0x01, attested: 0x40, extensions: 0x80 };

/** What an authenticator wrote. `attested` is there when it made a new credential. */
export type AuthenticatorData = {
  rpIdHash: Uint8Array;
  userPresent: boolean;
  attested: { credentialId: Uint8Array; publicKey: CborMap } | undefined;
};

/** The shortest authenticator data: a hash of 32 bytes, a byte of flags, a counter of 4. */
export const shortest = 37;

/** Throws RangeError where bytes are missing, left over, or no CBOR. */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData {
  if (bytes.length < shortest) throw new RangeError();
  const flags = bytes[32]!;
  let at = shortest;
  let attested: AuthenticatorData['attested'];
  if (flags & flag.attested) {
    const idLength = bytes[at + 16]! * 256 + bytes[at + 17]!;
    const id = at + 18;
    const [publicKey, next] = readCbor(bytes, id + idLength);
    if (!(publicKey instanceof Map)) throw new RangeError();
    attested = { credentialId: bytes.slice(id, id + idLength), publicKey };
    at = next;
  }
  if (flags & flag.extensions) {
    const [extensions, next] = readCbor(bytes, at);
    if (!(extensions instanceof Map)) throw new RangeError();
    at = next;
  }
  if (at !== bytes.length) throw new RangeError();
  return { rpIdHash: bytes.slice(0, 32), userPresent: (flags & flag.userPresent) !== 0, attested };
}

/**
 * Reads `authData` out of an attestation object; undefined where that has none, RangeError where it is no CBOR map.
 * https://www.w3.org/TR/webauthn-3/#sctn-generating-an-attestation-object
 */
export function readAttestationObject(bytes: Uint8Array): Uint8Array | undefined {
  const [attestation, next] = readCbor(bytes);
  if (!(attestation instanceof Map) || next !== bytes.length) throw new RangeError();
  const authData = attestation.get('authData');
  const named = typeof attestation.get('fmt') === 'string' && attestation.get('attStmt') instanceof Map;
  return named && authData instanceof Uint8Array ? authData : undefined;
}

/**
 * The algorithms of WebAuthn in COSE: each one's key type and, for a curve, its number and the bytes of a coordinate.
 * https://www.w3.org/TR/webauthn-3/#sctn-alg-identifier and https://www.iana.org/assignments/cose
 */
const algorithms = new Map<unknown, readonly [kty: number, crv?: number, size?: number]>([
  [-7, [2, 1, 32]],
  [-35, [2, 2, 48]],
  [-36, [2, 3, 66]],
  [-47, [2, 8, 32]],
  [-8, [1, 6, 32]],
  ...[-37, -38, -39, -257, -258, -259].map((rsa) => [rsa, [3]] as const),
  ...[-48, -49, -50].map((mlDsa) => [mlDsa, [7]] as const),
]);

/** Whether a COSE key can be one. https://www.rfc-editor.org/rfc/rfc9053#section-7 */
export function isPublicKey(key: CborMap): boolean {
  const [kty, crv, size] = algorithms.get(key.get(3)) ?? [];
  const isLong = (label: number, least: number, most = Infinity) => {
    const value = key.get(label);
    return value instanceof Uint8Array && value.length >= least && value.length <= most;
  };
  if (!kty || key.get(1) !== kty) return false;
  if (!size) return isLong(-1, 128) && (kty !== 3 || isLong(-2, 1));
  if (key.get(-1) !== crv || !isLong(-2, size, size)) return false;
  if (kty === 2 && !isLong(-3, size, size)) return false;
  return crv !== 1 || isOnP256(toInteger(key.get(-2)), toInteger(key.get(-3)));
}

function toInteger(bytes: unknown): bigint {
  let hex = '0x';
  for (const byte of bytes as Uint8Array) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}

/** y² = x³ − 3x + b over the field of P-256: a single spoilt byte of a key leaves the curve. FIPS 186-4, D.1.2.3 */
function isOnP256(x: bigint, y: bigint): boolean {
  const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
  return x < p && y < p && (y * y - x * x * x + 3n * x - b) % p === 0n;
}

/**
 * Whether bytes can be a signature of any algorithm: RSA's and the post-quantum ones are long, Ed25519's are 64
 * bytes, ECDSA's a DER sequence of two integers. https://www.w3.org/TR/webauthn-3/#sctn-signature-attestation-types
 */
export function isSignature(bytes: Uint8Array): boolean {
  if (bytes.length === 64 || bytes.length >= 128) return true;
  const long = bytes[1] === 0x81 ? 1 : 0;
  const content = bytes.slice(2 + long);
  const second = 2 + (content[1] ?? 0);
  return (
    bytes[0] === 0x30 &&
    bytes[1 + long] === content.length &&
    content[0] === 0x02 &&
    content[second] === 0x02 &&
    second + 2 + (content[second + 1] ?? 0) === content.length
  );
}
