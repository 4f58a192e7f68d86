/** The form of base64url as WebAuthn writes it: no padding, and one spelling only for any bytes. */

/**
 * Matches canonical base64url: the bits that a last, partial group leaves over must be zero, so that no two
 * texts mean the same bytes; an empty text is none. https://www.rfc-editor.org/rfc/rfc4648#section-3.5
 */
export const base64urlPattern = /^(?=.)(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/;

/** Matches all but hex, which reads like base64url too: no random bytes come out as 32 such characters. */
export const noHexPattern = /^(?!(?=.*\d)(?:[\da-f]{2}){16,}$)/i;
