/** Bytes and texts written as base64url, and read back. */

export function toBytes(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
}

export function fromBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** The text whose UTF-8 bytes are encoded; throws on bytes that are no UTF-8. */
export function toText(base64url: string): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(toBytes(base64url));
}

export function fromText(text: string): string {
  return fromBytes(new TextEncoder().encode(text));
}
