/** The client data that the browser signs: the type of the ceremony, the challenge and the origin. */
import * as v from 'valibot';
import { toText } from './bytes.ts';

/** Reads clientDataJSON. Gives undefined unless it is a JSON object with the three members that every browser writes. */
export function readClientData(clientDataJSON: unknown) {
  try {
    // What is no string throws in toText, as what is no base64url does.
    // WebAuthn strips a byte order mark here, and only here: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
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
  // Said where the page was in a frame; what reads these decides what else they may be.
  crossOrigin: v.optional(v.unknown()),
  topOrigin: v.optional(v.unknown()),
});
