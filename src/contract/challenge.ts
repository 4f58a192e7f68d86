/** What Verify's challenges and user handles say: each is base64url of a SID's text. */
import { base64urlPattern } from './base64url.ts';
import { toText } from './bytes.ts';
import { sidOf } from './identifier.ts';

/** The SID that a challenge or user handle encodes, or undefined where it encodes none of that kind. */
export function readSid(letters: 'YE' | 'YF' | 'YC', encoded: string): string | undefined {
  try {
    // One spelling only: the challenge that was signed is compared as text.
    const sid = base64urlPattern.test(encoded) ? toText(encoded) : '';
    return sidOf(letters).test(sid) ? sid : undefined;
  } catch {
    return undefined;
  }
}
