/** Finds how bytes were written instead of base64url, and writes them as base64url if that needs no guess. */

import { base64urlPattern, isHex } from '../base64url.ts';
import { fromBase64, fromBytes, fromHex, fromText, toText } from '../bytes.ts';
import { sidOf } from '../identifier.ts';
import { isObject, parse } from '../json.ts';
import { type Kind, kindOf } from './value.ts';

/** How a value that should be base64url is written. */
export type EncodingKind =
  | Kind
  | 'array of bytes'
  | 'object of bytes'
  | 'binary of bytes'
  | 'parsed object'
  | 'decoded text'
  | 'quoted'
  | 'hex'
  | 'no base64url'
  | 'altered'
  | 'plain base64'
  | 'padded'
  | 'spaced'
  | 'encoded word'
  | 'encoded twice'
  | 'base64url';

/**
 * `length` is the number of characters of a text that is not base64url and cannot be turned into it. `meant` is the
 * base64url that was meant; it is left out if the bytes are lost or in doubt.
 */
export type Encoding = { kind: EncodingKind; length?: number; meant?: string };

/** No member has more characters or more bytes than these, so a longer one is not read. */
const maxCharacters = 65_536;
const maxBytes = 16_384;

export function readEncoding(value: unknown): Encoding {
  if (typeof value !== 'string') return readBytes(value);
  if (value === '') return { kind: 'empty text' };
  if (value.length > maxCharacters) return { kind: 'text', length: value.length };
  if (value[0] === '{' || sidOf('YE').test(value)) {
    return { kind: 'decoded text', meant: fromText(value) };
  }
  const text = value[0] === '"' ? parse(value) : undefined;
  if (typeof text === 'string') return { kind: 'quoted', meant: text };
  if (isHex(value)) return { kind: 'hex', meant: fromBytes(fromHex(value)) };
  // The PHP library lbuchs/WebAuthn writes base64 like an encoded word in a mail header, without a character set.
  const word = /^=\?BINARY\?B\?([\w+/-]+={0,2})\?=$/i.exec(value)?.[1];
  const inWord = word && toBase64url(word);
  if (inWord) return { kind: 'encoded word', meant: inWord };
  // Base64 with line breaks (PHP's chunk_split, mail), or with spaces that a form made of +.
  if (/^[\w+/\- \r\n]+={0,2}\s*$/.test(value) && /\s/.test(value)) {
    const meant = toBase64url(value.replace(/[\r\n]/g, '').replace(/ /g, '+'));
    if (meant) return { kind: 'spaced', meant };
  }
  if (!/^[\w+/-]+={0,2}$/.test(value)) return { kind: 'no base64url', length: value.length };
  const plain = toBase64url(value);
  if (!plain) return { kind: 'altered' };
  if (plain !== value) return { kind: /[+/]/.test(value) ? 'plain base64' : 'padded', meant: plain };
  const once = decode(value);
  return once.length > 20 && /^[\w+/-]+={0,2}$/.test(once)
    ? { kind: 'encoded twice', meant: once }
    : { kind: 'base64url' };
}

/** Base64 of either alphabet, padded or not, as base64url; undefined if characters are missing or altered. */
function toBase64url(base64: string): string | undefined {
  const text = fromBase64(base64);
  return base64urlPattern.test(text) ? text : undefined;
}

/** Reads a buffer, or the numbers that JSON made of one. */
function readBytes(value: unknown): Encoding {
  const kind = kindOf(value);
  const isBuffer = isObject(value) && value.type === 'Buffer' && Array.isArray(value.data);
  const list: unknown[] =
    value instanceof ArrayBuffer
      ? [...new Uint8Array(value)]
      : Object.values(Object(isBuffer ? value.data : value));
  const isByte = (byte: unknown): byte is number =>
    typeof byte === 'number' && Number.isInteger(byte) && byte >> 8 === 0;
  if (typeof value === 'object' && list.length > 0 && list.length <= maxBytes && list.every(isByte)) {
    const meant = fromBytes(new Uint8Array(list));
    if (kind === 'array' || kind === 'binary') return { kind: `${kind} of bytes`, meant };
    return { kind: 'object of bytes', meant };
  }
  return { kind: isObject(value) && 'challenge' in value ? 'parsed object' : kind };
}

function decode(base64url: string): string {
  try {
    return toText(base64url);
  } catch {
    return '';
  }
}
