/** Reads the credential that the page posts: judged by the contract's rules, restated by its schema, bound to its ceremony. */

import { ceremony, type Step } from '../contract/ceremony.ts';
import { findFit, findIssues } from '../contract/check/lazy.ts';
import { readClientData } from '../contract/check/shape.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { readSid } from '../contract/identifier.ts';
import { unfit } from './refusal.ts';

type Credentials = { register: RegistrationCredential; authenticate: AuthenticationCredential };

/** The credential with the allowed members alone, and the SID that the browser signed as its challenge. */
export async function readCredential<S extends Step>(
  step: S,
  body: unknown,
): Promise<{ credential: Credentials[S]; sid: string }> {
  // Also that a new passkey's id is the attested one: by that id its owner will be known.
  const credential = (await findFit(step, body)) as Credentials[S] | undefined;
  if (!credential) throw unfit(await findIssues(step, body));
  const { challenge } = readClientData(credential.response.clientDataJSON)!;
  return { credential, sid: readSid(ceremony[step].sid, challenge)! };
}
