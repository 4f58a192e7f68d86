/** Reads the credential that the page posts: judged by the contract's rules, restated by its schema, bound to its ceremony. */

import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { findFit, findIssues } from '../contract/check/lazy.ts';
import { readClientData } from '../contract/client-data.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { unfit } from './refusal.ts';

type Credentials = { register: RegistrationCredential; authenticate: AuthenticationCredential };

/** The credential with the allowed members alone, and the SID that the browser signed as its challenge. */
export async function readCredential<S extends Ceremony>(
  ceremony: S,
  body: unknown,
): Promise<{ credential: Credentials[S]; sid: string }> {
  // Also that a new passkey's id is the attested one: by that id its owner will be known.
  const credential = (await findFit(ceremony, body)) as Credentials[S] | undefined;
  if (!credential) throw unfit(await findIssues(ceremony, body));
  const { challenge } = readClientData(credential.response.clientDataJSON)!;
  return { credential, sid: readSid(ceremonies[ceremony].sid, challenge)! };
}
