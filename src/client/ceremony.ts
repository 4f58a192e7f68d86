/** Asks the browser: the only place that touches navigator.credentials. */
import { base64URLStringToBuffer } from '@simplewebauthn/browser';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import {
  type CreationOptions,
  type OptionsOf,
  type RequestOptions,
  readOptions,
} from '../contract/options.ts';
import { toAuthentication, toRegistration } from './credential.ts';
import { PasskeyError } from './error.ts';
import { lifetime } from './lifetime.ts';
import { ask } from './prompt.ts';
import { takeTurn } from './turn.ts';

/**
 * `mediation: 'conditional'` waits behind the browser's autofill, or creates a passkey in silence after a password
 * sign-in. https://www.w3.org/TR/credential-management-1/#mediation-requirements
 */
export type CeremonyInput = {
  signal?: AbortSignal | undefined;
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
): Promise<RegistrationCredential> {
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
): Promise<AuthenticationCredential> {
  const { signal, mediation } = input;
  const request = demandOptions('authenticate', options);
  return takeTurn('authenticate', signal, (turn) => get(request, turn, { mediation }));
}

/** Reads options in any published shape, or throws `invalid_options` that says where they are none. */
export function demandOptions<S extends Ceremony>(ceremony: S, answer: unknown): OptionsOf<S> {
  const options = readOptions(ceremony, answer);
  if (options.success) return options.output as OptionsOf<S>;
  const issues = options.issues.map(({ path, expected }) => {
    const place = path?.map(({ key }) => key).join('.') ?? '';
    return {
      path: place,
      code: 60306,
      message: `${place || 'The options'} cannot be used; expected ${expected ?? 'another form'}.`,
      fix: `Pass on what Verify answered to ${ceremonies[ceremony].begin}, unchanged.`,
    };
  });
  const message = `These are no options for navigator.credentials: ${issues[0]!.message}`;
  throw new PasskeyError('invalid_options', message, { issues });
}

export async function create(
  options: CreationOptions,
  signal: AbortSignal,
  mediation?: CredentialMediationRequirement,
): Promise<RegistrationCredential> {
  const authenticatorSelection = { ...options.authenticatorSelection };
  // A conditional create verifies nobody, so that browsers refuse one that requires it.
  // https://www.w3.org/TR/webauthn-3/#sctn-createCredential
  if (mediation === 'conditional' && authenticatorSelection.userVerification === 'required') {
    authenticatorSelection.userVerification = 'preferred';
  }
  const publicKey = {
    ...options,
    challenge: base64URLStringToBuffer(options.challenge),
    user: { ...options.user, id: base64URLStringToBuffer(options.user.id) },
    excludeCredentials: options.excludeCredentials?.map(toDescriptor),
    authenticatorSelection,
  } as PublicKeyCredentialCreationOptions; // The DOM's types know no member that is undefined.
  const timeout = lifetime('register', options);
  return ask({ ceremony: 'register', timeout, criteria: authenticatorSelection }, signal, async (signal) => {
    const credential = await navigator.credentials.create({
      publicKey,
      signal,
      // Newer than the DOM's types. https://www.w3.org/TR/webauthn-3/#sctn-createCredential
      ...(mediation && { mediation }),
    } as CredentialCreationOptions);
    return credential && toRegistration(credential as PublicKeyCredential);
  });
}

export async function get(
  options: RequestOptions,
  signal: AbortSignal,
  {
    mediation,
    immediate = false,
  }: { mediation?: CredentialMediationRequirement | undefined; immediate?: boolean },
): Promise<AuthenticationCredential> {
  const { allowCredentials, userVerification } = options;
  // Chromium refuses this mode for a Challenge that names passkeys, also where this device has one of them.
  const isImmediate = immediate && !allowCredentials?.length;
  // Autofill waits for as long as its signal lets it, and renews its options itself.
  const timeout = mediation === 'conditional' ? Infinity : lifetime('authenticate', options);
  const publicKey = {
    ...options,
    challenge: base64URLStringToBuffer(options.challenge),
    allowCredentials: allowCredentials?.map(toDescriptor),
  } as PublicKeyCredentialRequestOptions; // The DOM's types know no member that is undefined.
  const asked = { ceremony: 'authenticate', timeout, criteria: { userVerification } } as const;
  return ask(asked, signal, async (signal) => {
    const credential = await navigator.credentials.get({
      publicKey,
      signal,
      ...(mediation && { mediation }),
      ...(isImmediate && { uiMode: 'immediate' }),
    });
    return credential && toAuthentication(credential as PublicKeyCredential, options);
  }).catch((error: PasskeyError) => {
    if (!isImmediate || error.code !== 'cancelled') throw error;
    const message =
      'This device has no passkey for this page, its offer was closed, or the window is private: go on to another way.';
    throw new PasskeyError('no_credential', message, { cause: error.cause });
  });
}

type Descriptor = NonNullable<CreationOptions['excludeCredentials']>[number];

function toDescriptor({ id, ...descriptor }: Descriptor) {
  return { ...descriptor, id: base64URLStringToBuffer(id) };
}
