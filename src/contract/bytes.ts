/** Writes bytes and texts as base64url, and reads them back. */

export function toBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  // Uint8Array.from(text, …) takes sixty times as long, and a stranger may send 64 KiB.
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function fromBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** Decodes base64url of UTF-8 and keeps a byte order mark. Throws if the bytes are not UTF-8. */
export function toText(base64url: string): string {
  return utf8.decode(toBytes(base64url));
}

// A TextDecoder drops a byte order mark by default. Two spellings would then mean the same SID.
const utf8 = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function fromText(text: string): string {
  return fromBytes(new TextEncoder().encode(text));
}
