/** The client data that the browser signs: which ceremony, which challenge, on which origin. */
import * as v from 'valibot';
import { toText } from './bytes.ts';

/** What the browser signed: undefined unless it is a JSON object with the three members that every browser writes. */
export function readClientData(clientDataJSON: unknown) {
  try {
    // A byte order mark before it is stripped: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
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
