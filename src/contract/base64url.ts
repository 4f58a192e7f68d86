/** Base64url as WebAuthn writes it: no padding, and one spelling only for any bytes. */

/**
 * Matches canonical base64url: the bits that a last, partial group leaves over must be zero, so that no two
 * texts mean the same bytes; an empty text is none. https://www.rfc-editor.org/rfc/rfc4648#section-3.5
 */
export const base64urlPattern = /^(?=.)(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/;

/** Matches hex, which reads like base64url too: no random bytes come out as 32 such characters. */
export const hexPattern = /^(?=.*\d)(?:[\da-f]{2}){16,}$/i;

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
