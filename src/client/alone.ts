/** The two ceremonies alone, for a transport of one's own. */
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { create, get } from './ceremony.ts';
import type { ExtensionResults } from './credential.ts';
import { demandOptions } from './options.ts';
import { takeTurn } from './turn.ts';

/** What `createCredential` and `getCredential` take beside the options. */
export type CeremonyInput = {
  /** Ends the ceremony: it rejects with `aborted`. */
  signal?: AbortSignal | undefined;
  /**
   * `conditional` waits behind the browser's autofill, or makes a passkey in silence after a password sign-in.
   * https://www.w3.org/TR/credential-management-1/#mediation-requirements
   */
  mediation?: CredentialMediationRequirement | undefined;
};

/**
 * Makes a passkey: the registration ceremony alone, for a transport of one's own.
 *
 * @param options Verify's creation options: a Factor that holds them, `{ publicKey }`, or bare, in every published shape.
 * @returns The credential that VerifyFactor takes, whole and base64url. Check it with `checkRegistration`.
 * @throws PasskeyError
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
): Promise<RegistrationCredential & ExtensionResults> {
  const { signal, mediation } = input;
  const creation = demandOptions('register', options);
  return takeTurn('register', signal, (turn) => create(creation, turn, mediation));
}

/**
 * Signs with a passkey: the authentication ceremony alone, for a transport of one's own.
 *
 * @param options Verify's request options: a Challenge that holds them, `{ publicKey }`, or bare, in every published shape.
 * @returns The credential that ApproveChallenge takes, whole and base64url. Check it with `checkAuthentication`.
 * @throws PasskeyError
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
): Promise<AuthenticationCredential & ExtensionResults> {
  const { signal, mediation } = input;
  const request = demandOptions('authenticate', options);
  return takeTurn('authenticate', signal, (turn) => get(request, turn, { mediation }));
}
