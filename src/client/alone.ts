/** The two ceremonies alone, for apps that send the credentials to Verify in their own way. */
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { create, get } from './ceremony.ts';
import type { UnsentMembers } from './credential.ts';
import { demandOptions } from './options.ts';
import { takeTurn } from './turn.ts';

/** The second argument of `createCredential` and `getCredential`. */
export type CeremonyInput = {
  /** Aborts the ceremony, which then rejects with `aborted`. */
  signal?: AbortSignal | undefined;
  /**
   * With `conditional`, `getCredential` waits behind the browser's autofill, and `createCredential` makes a passkey
   * without a prompt after a password sign-in.
   * https://www.w3.org/TR/credential-management-1/#mediation-requirements
   */
  mediation?: CredentialMediationRequirement | undefined;
};

/**
 * Makes a passkey: the registration ceremony alone, for apps that send the credential in their own way.
 *
 * @param options Verify's creation options: the Factor, `{ publicKey }` or the bare options, in any published shape.
 * @returns The whole credential as VerifyFactor takes it, its bytes in base64url. Check it with `checkRegistration`.
 * @throws {@link PasskeyError}: the guide "Errors" has a table of its codes.
 * @example
 * ```ts
 * const post = (path: string, body: object) =>
 *   fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
 *
 * const factor: unknown = await (await post('/passkeys/Factors', {})).json();
 * await post('/passkeys/VerifyFactor', await createCredential(factor));
 * ```
 * @see https://www.w3.org/TR/webauthn-3/#sctn-createCredential
 */
export async function createCredential(
  options: unknown,
  input: CeremonyInput = {},
): Promise<RegistrationCredential & UnsentMembers> {
  const { signal, mediation } = input;
  const creation = demandOptions('register', options);
  return takeTurn('register', signal, (turn) => create(creation, { signal: turn, mediation }));
}

/**
 * Signs with a passkey: the authentication ceremony alone, for apps that send the credential in their own way.
 *
 * @param options Verify's request options: the Challenge, `{ publicKey }` or the bare options, in any published shape.
 * @returns The whole credential as ApproveChallenge takes it, its bytes in base64url. Check it with
 * `checkAuthentication`.
 * @throws {@link PasskeyError}: the guide "Errors" has a table of its codes.
 * @example
 * ```ts
 * const post = (path: string, body: object) =>
 *   fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
 *
 * const challenge: unknown = await (await post('/passkeys/Challenges', {})).json();
 * await post('/passkeys/ApproveChallenge', await getCredential(challenge));
 * ```
 * @see https://www.w3.org/TR/webauthn-3/#sctn-getAssertion
 */
export async function getCredential(
  options: unknown,
  input: CeremonyInput = {},
): Promise<AuthenticationCredential & UnsentMembers> {
  const { signal, mediation } = input;
  const request = demandOptions('authenticate', options);
  return takeTurn('authenticate', signal, (turn) => get(request, { signal: turn, mediation }));
}
