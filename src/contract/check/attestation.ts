/** Judges the bytes of a new passkey: its attestation object, attested credential data and public key. */

import { fromBytes, toBytes, toHex } from '../bytes.ts';
import type { RegistrationCredential } from '../credential.ts';
import { flag, headLength, isAbsent, judgeHead } from './authenticator-data.ts';
import { type CborMap, readCbor } from './cbor.ts';
import type { Expected } from './expected.ts';
import { broken, type Finding } from './finding.ts';

const path = 'response.attestationObject';

/** The broken rules of an attestation's bytes. */
export function* judgeAttestation(
  { id, rawId, response }: RegistrationCredential,
  expected: Expected,
): Generator<Finding> {
  let authData: Uint8Array | undefined;
  try {
    authData = readAttestationObject(toBytes(response.attestationObject));
  } catch {
    yield broken('attestation unreadable', path);
    return;
  }
  if (!authData) {
    yield broken('attestation without authData', path);
    return;
  }
  const head = [...judgeHead(path, authData, expected)];
  if (authData.length < headLength) return yield* head;
  // A conditional creation does not ask the user, so they need not have been present.
  // https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
  if (expected.mediation !== 'conditional' && isAbsent(authData)) head.push(broken('user not present', path));
  let attested: AttestedPasskey | undefined;
  try {
    attested = readAttested(authData);
  } catch {
    yield broken('authenticator data unreadable', path);
    return;
  }
  yield* head;
  if (!attested) yield broken('no attested credential', path);
  else if (![id, rawId].includes(attested.credentialId)) yield broken('another credential attested', 'id');
  else if (!isPublicKey(attested.publicKey)) yield broken('public key unusable', path);
}

/**
 * Reads `authData` from an attestation object. Returns undefined if `fmt`, `attStmt` or `authData` is missing or
 * malformed. Throws if the bytes are not a CBOR map.
 * https://www.w3.org/TR/webauthn-3/#sctn-generating-an-attestation-object
 */
export function readAttestationObject(bytes: Uint8Array): Uint8Array | undefined {
  const [attestation, next] = readCbor(bytes);
  if (!(attestation instanceof Map) || next !== bytes.length) throw new RangeError();
  const authData = attestation.get('authData');
  const named = typeof attestation.get('fmt') === 'string' && attestation.get('attStmt') instanceof Map;
  return named && authData instanceof Uint8Array ? authData : undefined;
}

/** The new passkey's id, base64url, and its COSE key. */
type AttestedPasskey = { credentialId: string; publicKey: CborMap };

/** Reads the parts that the flags announce. Throws if bytes are missing or left over, or are not a CBOR map. */
function readAttested(bytes: Uint8Array): AttestedPasskey | undefined {
  const flags = bytes[32]!; // The caller has checked the length.
  let at = headLength;
  let attested: AttestedPasskey | undefined;
  const readMap = (from: number): CborMap => {
    const [map, next] = readCbor(bytes, from);
    if (!(map instanceof Map)) throw new RangeError();
    at = next;
    return map;
  };
  if (flags & flag.attested) {
    // The AAGUID has 16 bytes. The length of the id follows in two bytes.
    const id = at + 18;
    // A missing byte makes this NaN. No item can be read there, so readMap throws.
    const end = id + bytes[at + 16]! * 256 + bytes[at + 17]!;
    attested = { publicKey: readMap(end), credentialId: fromBytes(bytes.subarray(id, end)) };
  }
  if (flags & flag.extensions) readMap(at);
  if (at !== bytes.length) throw new RangeError();
  return attested;
}

/**
 * The algorithms of WebAuthn by their COSE numbers, with the key type and, for a curve, its number and the length of a
 * coordinate in bytes. If a curve has two numbers, the second one comes from RFC 9864 and names the curve as well.
 * https://www.w3.org/TR/webauthn-3/#sctn-alg-identifier and https://www.iana.org/assignments/cose
 */
const algorithms = new Map<unknown, readonly [kty: number, crv?: number, size?: number]>([
  ...[-7, -9].map((es256) => [es256, [2, 1, 32]] as const),
  ...[-35, -51].map((es384) => [es384, [2, 2, 48]] as const),
  ...[-36, -52].map((es512) => [es512, [2, 3, 66]] as const),
  [-47, [2, 8, 32]],
  ...[-8, -19].map((ed25519) => [ed25519, [1, 6, 32]] as const),
  [-53, [1, 7, 57]],
  ...[-37, -38, -39, -257, -258, -259].map((rsa) => [rsa, [3]] as const),
  ...[-48, -49, -50].map((mlDsa) => [mlDsa, [7]] as const),
]);

/** Whether a COSE key has the members that its algorithm needs. https://www.rfc-editor.org/rfc/rfc9053#section-7 */
function isPublicKey(key: CborMap): boolean {
  const [kty, crv, size] = algorithms.get(key.get(3)) ?? [];
  const isLong = (label: number, min: number, max = Infinity) => {
    const value = key.get(label);
    return value instanceof Uint8Array && value.length >= min && value.length <= max;
  };
  if (!kty || key.get(1) !== kty) return false;
  if (!size) return isLong(-1, 128) && (kty !== 3 || isLong(-2, 1));
  if (key.get(-1) !== crv || !isLong(-2, size, size)) return false;
  if (kty === 2 && !isLong(-3, size, size)) return false;
  return crv !== 1 || isOnP256(toInteger(key, -2), toInteger(key, -3));
}

/** A coordinate as a number; 0 if it is not bytes. */
function toInteger(key: CborMap, label: number): bigint {
  const bytes = key.get(label);
  return bytes instanceof Uint8Array ? BigInt(`0x0${toHex(bytes)}`) : 0n;
}

/**
 * Whether a point is on the curve P-256 (FIPS 186-4, D.1.2.3). One wrong byte in a key takes its point off the curve.
 */
function isOnP256(x: bigint, y: bigint): boolean {
  const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
  return x < p && y < p && (y * y - x * x * x + 3n * x - b) % p === 0n;
}
