/**
 * Keeps the browser's list of passkeys up to date, where the browser has the Signal API.
 * https://www.w3.org/TR/webauthn-3/#sctn-signal-methods
 */
import { fromText } from '../contract/bytes.ts';
import { domain } from './domain.ts';
import type { Managed } from './management.ts';

type Signal = 'signalUnknownCredential' | 'signalAllAcceptedCredentials' | 'signalCurrentUserDetails';

/** Names of the account, as the app's own login page shows them. */
export type UserNames = { user_name?: string | undefined; display_name?: string | undefined };

/** Tells the browser that this passkey can never be used again, so that it may hide it. */
export async function signalUnknown(rpId = domain(), credentialId: string | undefined): Promise<void> {
  if (credentialId) await tell('signalUnknownCredential', { rpId, credentialId });
}

/** Tells the browser that these are all of the user's passkeys. It hides the others, so every id must be known. */
export async function signalAccepted(all: Managed[]): Promise<void> {
  const [first] = all;
  const ids = all.flatMap(({ passkey }) => passkey.credentialId ?? []);
  if (!first?.entitySid || ids.length < all.length) return;
  const { rpId = domain(), entitySid } = first;
  await tell('signalAllAcceptedCredentials', {
    rpId,
    userId: fromText(entitySid),
    allAcceptedCredentialIds: ids,
  });
}

/** Tells the browser what the account is called now. It keeps one name for all passkeys of a user. */
export async function signalNames(
  rpId = domain(),
  entitySid: string | undefined,
  { user_name: name, display_name: displayName = name }: UserNames,
): Promise<void> {
  if (!entitySid || !name) return;
  await tell('signalCurrentUserDetails', { rpId, userId: fromText(entitySid), name, displayName });
}

async function tell(signal: Signal, options: object): Promise<void> {
  // Not every browser has it.
  const { PublicKeyCredential } = globalThis as {
    PublicKeyCredential?: Partial<Record<Signal, (options: object) => Promise<void>>>;
  };
  await PublicKeyCredential?.[signal]?.(options);
}
