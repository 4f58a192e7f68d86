/** Tells how bytes were written where base64url was expected, and writes them right where that takes no guess. */
import { base64urlPattern, noHexPattern } from '../base64url.ts';
import { fromBytes, fromText, toText } from '../bytes.ts';
import { type Body, isObject, kind, parse } from './mistake.ts';

/** No member is longer; a longer text is not looked into. */
const longest = 65_536;

/** What a value is, and the base64url that was meant; undefined where the bytes are lost or in doubt. */
export function readEncoding(value: unknown): [what: string, meant?: string] {
  if (typeof value !== 'string') {
    const bytes = toBytes(value);
    if (bytes) return [`${kind(value)} of bytes`, fromBytes(bytes)];
    return [isObject(value) && 'challenge' in value ? 'a parsed object' : kind(value)];
  }
  if (value === '' || value.length > longest) return [kind(value)];
  if (value[0] === '{' || /^YE[0-9a-f]{32}$/i.test(value)) return ['decoded text', fromText(value)];
  const text = value[0] === '"' ? parse(value) : undefined;
  if (typeof text === 'string') return ['JSON text of a string', text];
  if (!noHexPattern.test(value)) {
    return ['hex', fromBytes(Uint8Array.from(value.match(/../g)!, (byte) => Number.parseInt(byte, 16)))];
  }
  if (!/^[\w+/-]+={0,2}$/.test(value)) {
    return [`no base64url (${value.length} characters, some outside A to Z, a to z, 0 to 9, - and _)`];
  }
  const plain = value.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  if (!base64urlPattern.test(plain)) return ['base64url that was cut or altered'];
  if (plain !== value)
    return [/[+/]/.test(value) ? 'plain base64 (with + or /)' : 'padded base64url (with =)', plain];
  const once = decode(value);
  return once.length > 20 && /^[\w+/-]+={0,2}$/.test(once) ? ['encoded twice', once] : ['base64url'];
}

/** The bytes of a buffer, or of what JSON made of one with numbers. */
function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const list = Object.values((value as Body).type === 'Buffer' ? ((value as Body).data as object) : value);
  const isByte = (byte: unknown) => Number.isInteger(byte) && (byte as number) >> 8 === 0;
  return list.length > 0 && list.every(isByte) ? Uint8Array.from(list) : undefined;
}

function decode(base64url: string): string {
  try {
    return toText(base64url);
  } catch {
    return '';
  }
}
