/** Reads the credential that the page posts: bound to the ceremony that the browser began, then judged by the contract's rules. */

import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { judgeCredential } from '../contract/check/lazy.ts';
import type { CredentialOf } from '../contract/check/shape.ts';
import { readClientData } from '../contract/client-data.ts';
import type { Begun, CookieJar } from './cookie.ts';
import { unfit } from './refusal.ts';

/**
 * The ceremony that a body finishes, before anything else of the body is judged: so a stranger's body costs nothing.
 * A body that names no ceremony gives undefined, and may come only from a browser that began one.
 */
export async function findBegun(
  cookies: CookieJar,
  request: Request,
  ceremony: Ceremony,
  body: unknown,
): Promise<Begun | undefined> {
  const { response } = Object(body) as { response?: { clientDataJSON?: unknown } | null };
  const challenge = readClientData(response?.clientDataJSON)?.challenge;
  const sid = challenge && readSid(ceremonies[ceremony].sid, challenge);
  return sid ? cookies.find(request, ceremony, sid) : void (await cookies.demandAny(request));
}

/** The credential with the allowed members alone, or a Refusal that names what is wrong with it. */
export async function readCredential<S extends Ceremony>(
  ceremony: S,
  body: unknown,
): Promise<CredentialOf<S>> {
  // Also that a new passkey's id is the attested one: by that id its owner will be known.
  const { credential, issues } = await judgeCredential(ceremony, body);
  if (issues) throw unfit(issues);
  return credential;
}
