/** Twilio's SIDs and identities, and the challenges and user handles that encode a SID. */
import { base64urlPattern } from './base64url.ts';
import { toText } from './bytes.ts';

/** Matches a Twilio SID: two letters and 32 hex digits. */
export const sidOf = (letters: 'AC' | 'SK' | 'VA' | 'YE' | 'YF' | 'YC') =>
  new RegExp(`^${letters}[0-9a-f]{32}$`, 'i');

/** An Entity's identity: 8 to 64 letters, digits and dashes. Verify never changes it and it must hold no personal data. */
export const identityPattern = /^[A-Za-z0-9-]{8,64}$/;

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
