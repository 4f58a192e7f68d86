/** Reads the credential that the page posts: judged by the contract's rules, restated by its schema, bound to its ceremony. */
import * as v from 'valibot';
import { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { findIssues } from '../contract/findings.ts';
import { readClientData, readSid } from '../contract/judge.ts';
import { ceremony, type Step } from '../contract/route.ts';
import { Refusal } from './refusal.ts';

const schemas = { register: RegistrationCredential, authenticate: AuthenticationCredential };
type CredentialOf<S extends Step> = v.InferOutput<(typeof schemas)[S]>;

/** The credential with the allowed members alone, and the SID that the browser signed as its challenge. */
export async function readCredential<S extends Step>(
  step: S,
  body: unknown,
): Promise<{ credential: CredentialOf<S>; sid: string }> {
  const issues = await findIssues(step, body);
  if (issues[0]) throw new Refusal(issues[0].code, { message: issues[0].message, issues });
  const credential = v.parse(schemas[step], body) as CredentialOf<S>;
  const sid = readSid(ceremony[step].sid, readClientData(credential.response.clientDataJSON)!.challenge)!;
  return { credential, sid };
}
