/** Asks the browser: the only place that touches navigator.credentials. */
import { base64URLStringToBuffer } from '@simplewebauthn/browser';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import type { CreationOptions, RequestOptions } from '../contract/options.ts';
import { toAuthentication, toRegistration, type UnsentMembers } from './credential.ts';
import { lifetime } from './lifetime.ts';
import { ask, type PromptRequest } from './prompt.ts';
import { remember } from './recent.ts';

export async function create(
  options: CreationOptions,
  { signal, mediation }: { signal: AbortSignal; mediation?: CredentialMediationRequirement | undefined },
): Promise<RegistrationCredential & UnsentMembers> {
  const authenticatorSelection = { ...options.authenticatorSelection };
  // A conditional create does not verify the user, so browsers refuse one that requires it.
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
  } as PublicKeyCredentialCreationOptions; // The DOM's types forbid a member that is undefined.
  const timeout = lifetime('register', options);
  return ask({ ceremony: 'register', timeout, criteria: authenticatorSelection }, signal, async (until) => {
    return remember(async () => {
      const credential = await navigator.credentials.create({
        publicKey,
        signal: until,
        ...(mediation && { mediation }),
      });
      // It was asked for with `publicKey`.
      return credential && toRegistration(credential as PublicKeyCredential, options);
    });
  });
}

export async function get(
  options: RequestOptions,
  {
    signal,
    mediation,
    immediate = false,
    timeout = lifetime('authenticate', options),
  }: {
    signal: AbortSignal;
    mediation?: CredentialMediationRequirement | undefined;
    immediate?: boolean;
    timeout?: number;
  },
): Promise<AuthenticationCredential & UnsentMembers> {
  const { allowCredentials, userVerification } = options;
  // Chromium refuses this mode for a Challenge that names passkeys, even if this device has one of them.
  const isImmediate = immediate && !allowCredentials?.length;
  const publicKey = {
    ...options,
    challenge: base64URLStringToBuffer(options.challenge),
    allowCredentials: allowCredentials?.map(toDescriptor),
  } as PublicKeyCredentialRequestOptions; // The DOM's types forbid a member that is undefined.
  const request: PromptRequest = {
    ceremony: 'authenticate',
    timeout,
    criteria: { userVerification },
    isImmediate,
  };
  return ask(request, signal, async (until) => {
    const credential = await navigator.credentials.get({
      publicKey,
      signal: until,
      ...(mediation && { mediation }),
      ...(isImmediate && { uiMode: 'immediate' }),
    });
    // It was asked for with `publicKey`.
    return credential && toAuthentication(credential as PublicKeyCredential, options);
  });
}

type Descriptor = NonNullable<CreationOptions['excludeCredentials']>[number];

function toDescriptor({ id, ...descriptor }: Descriptor) {
  return { ...descriptor, id: base64URLStringToBuffer(id) };
}
