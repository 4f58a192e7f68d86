/** Writes bytes and texts as base64url, and reads them back. */

export function toBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  // Uint8Array.from(text, …) takes sixty times as long, and a stranger may send 64 KiB.
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Building a text for btoa() byte by byte takes seven times as long, and a stranger may send 64 KiB. */
export function fromBytes(bytes: Uint8Array): string {
  const letters = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  for (let i = 0; i < letters.length; i++) {
    // Six bits, which begin in this byte and may end in the next one.
    const at = (i * 6) >> 3;
    const two = (bytes[at]! << 8) | (bytes[at + 1] ?? 0); // `at` is the index of a byte: only the next may be missing.
    letters[i] = alphabet.charCodeAt((two >> (10 - ((i * 6) & 7))) & 63);
  }
  return new TextDecoder().decode(letters);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * Writes base64 in the alphabet of base64url, without padding. Two calls of replace() would take thirty times as long if
 * a stranger sends 64 KiB of + and /.
 */
export function fromBase64(base64: string): string {
  if (!/[+/=]/.test(base64)) return base64;
  const codes = new TextEncoder().encode(base64);
  for (let i = 0; i < codes.length; i++) {
    // The codes of + and - are 43 and 45, those of / and _ are 47 and 95.
    if (codes[i] === 43) codes[i] = 45;
    else if (codes[i] === 47) codes[i] = 95;
  }
  return new TextDecoder().decode(codes).replace(/={1,2}$/, '');
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
