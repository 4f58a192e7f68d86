/** base64url as WebAuthn writes it: without padding, and with one spelling for the same bytes. */

/**
 * Matches canonical base64url that is not empty. The bits that the last group leaves over must be zero, so that no two
 * texts mean the same bytes. https://www.rfc-editor.org/rfc/rfc4648#section-3.5
 * openapi.json shows this pattern, and not every language has look-ahead or means only ASCII by \w.
 */
export const base64urlPattern =
  /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{4}|[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])$/;

/**
 * Whether a text is 32 or more hex digits. Those are valid base64url too, but random bytes never look like them. The
 * cheapest test is the first: it ends at the first letter that is no hex digit.
 */
export const isHex = (text: string): boolean =>
  /^[\da-f]{32,}$/i.test(text) && text.length % 2 === 0 && /\d/.test(text);
