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
  return fromBase64(btoa(text));
}

/**
 * Writes base64 in the alphabet of base64url, without padding. Two calls of replace() would take seven times as long if
 * a stranger sends 64 KiB of + and /.
 */
export function fromBase64(base64: string): string {
  const codes = new TextEncoder().encode(base64);
  // The codes of + and - are 43 and 45, those of / and _ are 47 and 95.
  const mapped = codes.map((code) => (code === 43 ? 45 : code === 47 ? 95 : code));
  return new TextDecoder().decode(mapped).replace(/={1,2}$/, '');
}

/** Writes base64url in the alphabet of base64, with padding. */
export function toBase64(base64url: string): string {
  const padded = base64url.padEnd(Math.ceil(base64url.length / 4) * 4, '=');
  return padded.replace(/-/g, '+').replace(/_/g, '/');
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

/** Reads hex digits, two for each byte. */
export function fromHex(hex: string): Uint8Array {
  // parseInt() takes four times as long. The code of A or a ends in the bits of 1, so 9 more makes their digit.
  const digit = (at: number) => {
    const code = hex.charCodeAt(at);
    return (code & 15) + (code > 57 ? 9 : 0);
  };
  return new Uint8Array(hex.length / 2).map((_, i) => 16 * digit(2 * i) + digit(2 * i + 1));
}

export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}
