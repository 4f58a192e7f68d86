/** The client data that the browser signs: the type of the ceremony, the challenge and the origin. */
import * as v from 'valibot';
import { toText } from './bytes.ts';

/**
 * Reads clientDataJSON. Returns undefined unless it is a JSON object with the three members that every browser writes.
 */
export function readClientData(clientDataJSON: unknown) {
  try {
    // WebAuthn strips a byte order mark here and nowhere else.
    // https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
    // The cast is safe: toText throws on anything that is not a string of base64url.
    const data: unknown = JSON.parse(toText(clientDataJSON as string).replace(/^\uFEFF/, ''));
    return v.is(ClientData, data) ? data : undefined;
  } catch {
    return undefined;
  }
}

const ClientData = v.object({
  type: v.string(),
  challenge: v.string(),
  origin: v.string(),
  // Browsers add these for a page in a frame. The code that reads them checks their values.
  crossOrigin: v.optional(v.unknown()),
  topOrigin: v.optional(v.unknown()),
});
