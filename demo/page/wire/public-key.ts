/** Decodes a COSE public key: every parameter with its name. */
import { type cose, decodeCredentialPublicKey, isoUint8Array } from '@simplewebauthn/server/helpers';
import type { Row } from './decode.ts';

/** https://www.iana.org/assignments/cose/cose.xhtml */
const algorithms: Record<string, string> = {
  '-7': 'ES256',
  '-8': 'EdDSA',
  '-35': 'ES384',
  '-36': 'ES512',
  '-257': 'RS256',
  '-50': 'ML-DSA-87',
  '-49': 'ML-DSA-65',
  '-48': 'ML-DSA-44',
};
const keyTypes: Record<string, string> = { 1: 'OKP', 2: 'EC2', 3: 'RSA', 7: 'AKP' };
const curves: Record<string, string> = { 1: 'P-256', 2: 'P-384', 3: 'P-521', 6: 'Ed25519' };

export function decodePublicKey(bytes: Uint8Array<ArrayBuffer>): Row[] {
  const key = decodeCredentialPublicKey(bytes) as cose.COSEPublicKey & Iterable<[number, unknown]>;
  const type = keyTypes[String(key.get(1))];
  const labels: Record<string, string> =
    type === 'RSA'
      ? { '-1': 'n', '-2': 'e' }
      : { '-1': type === 'AKP' ? 'pub' : 'crv', '-2': 'x', '-3': 'y' };
  return [...key].map(([name, value]): Row => {
    const text = show(value);
    if (name === 1) return { label: '1 kty', value: text, note: type ?? 'unknown' };
    if (name === 3) return { label: '3 alg', value: text, note: algorithms[text] ?? 'unknown' };
    const label = `${name} ${labels[String(name)] ?? ''}`.trim();
    return labels[String(name)] === 'crv'
      ? { label, value: text, note: curves[text] ?? 'unknown' }
      : { label, value: text };
  });
}

/** A value of CBOR in one line, bytes in hex. */
export function show(value: unknown): string {
  if (value instanceof Uint8Array) return isoUint8Array.toHex(value as Uint8Array<ArrayBuffer>);
  if (Array.isArray(value)) return value.map(show).join(', ');
  return String(value);
}
