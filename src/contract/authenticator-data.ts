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
  if (bytes.length < shortest) throw new RangeError(`${bytes.length} bytes`);
  const flags = bytes[32]!;
  let at = shortest;
  let attested: AuthenticatorData['attested'];
  if (flags & flag.attested) {
    const idLength = bytes[at + 16]! * 256 + bytes[at + 17]!;
    const id = at + 18;
    const [publicKey, next] = readCbor(bytes, id + idLength);
    if (!(publicKey instanceof Map)) throw new RangeError('the public key is no CBOR map');
    attested = { credentialId: bytes.slice(id, id + idLength), publicKey };
    at = next;
  }
  if (flags & flag.extensions) {
    const [extensions, next] = readCbor(bytes, at);
    if (!(extensions instanceof Map)) throw new RangeError('the extensions are no CBOR map');
    at = next;
  }
  if (at !== bytes.length) throw new RangeError(`${bytes.length - at} bytes left over`);
  return { rpIdHash: bytes.slice(0, 32), userPresent: (flags & flag.userPresent) !== 0, attested };
}

/**
 * Reads `authData` out of an attestation object; undefined where that has none, RangeError where it is no CBOR map.
 * https://www.w3.org/TR/webauthn-3/#sctn-generating-an-attestation-object
 */
export function readAttestationObject(bytes: Uint8Array): Uint8Array | undefined {
  const [attestation, next] = readCbor(bytes);
  if (!(attestation instanceof Map) || next !== bytes.length) throw new RangeError('no CBOR map');
  const authData = attestation.get('authData');
  const named = typeof attestation.get('fmt') === 'string' && attestation.get('attStmt') instanceof Map;
  return named && authData instanceof Uint8Array ? authData : undefined;
}

/** COSE: each algorithm's key type and, for a curve, its number and the bytes of a coordinate. */
const algorithms = new Map<unknown, { kty: number; crv?: number; size?: number }>([
  [-7, { kty: 2, crv: 1, size: 32 }],
  [-35, { kty: 2, crv: 2, size: 48 }],
  [-36, { kty: 2, crv: 3, size: 66 }],
  [-8, { kty: 1, crv: 6, size: 32 }],
  [-257, { kty: 3 }],
]);

/**
 * Whether a COSE key can be one. An algorithm that is not listed above is left for Verify to judge.
 * https://www.rfc-editor.org/rfc/rfc9053#section-7 and https://www.w3.org/TR/webauthn-3/#sctn-alg-identifier
 */
export function isPublicKey(key: CborMap): boolean {
  if (typeof key.get(3) !== 'number') return false;
  const algorithm = algorithms.get(key.get(3));
  if (!algorithm) return true;
  if (key.get(1) !== algorithm.kty) return false;
  if (algorithm.kty === 3) return isLong(key.get(-1), 128) && isLong(key.get(-2), 1);
  if (key.get(-1) !== algorithm.crv || !isLong(key.get(-2), algorithm.size!, algorithm.size)) return false;
  if (algorithm.kty === 1) return true;
  if (!isLong(key.get(-3), algorithm.size!, algorithm.size)) return false;
  return algorithm.crv !== 1 || isOnP256(toInteger(key.get(-2)), toInteger(key.get(-3)));
}

function isLong(value: unknown, least: number, most = Infinity): boolean {
  return value instanceof Uint8Array && value.length >= least && value.length <= most;
}

function toInteger(bytes: unknown): bigint {
  let hex = '0x';
  for (const byte of bytes as Uint8Array) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}

/** y² = x³ − 3x + b over the field of P-256: a single spoilt byte of a key leaves the curve. FIPS 186-4, D.1.2.3 */
function isOnP256(x: bigint, y: bigint): boolean {
  const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
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
