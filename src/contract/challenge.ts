/** Reads Verify's challenges and user handles: each is a SID, written as base64url. */
import { base64urlPattern } from './base64url.ts';
import { toText } from './bytes.ts';
import { sidOf } from './identifier.ts';

/** The 34 letters and digits of a SID, as base64url. */
const encodedLength = 46;

/** The SID that a challenge or user handle encodes, or undefined if it encodes no SID with these letters. */
export function readSid(letters: 'YE' | 'YF' | 'YC', encoded: string): string | undefined {
  if (encoded.length !== encodedLength) return undefined;
  try {
    // Only the canonical spelling is taken, since the signed challenge is compared as text.
    const sid = base64urlPattern.test(encoded) ? toText(encoded) : '';
    return sidOf(letters).test(sid) ? sid : undefined;
  } catch {
    return undefined;
  }
}
