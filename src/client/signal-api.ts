/**
 * Keeps the browser's list of passkeys up to date, if the browser has the Signal API.
 * https://www.w3.org/TR/webauthn-3/#sctn-signal-methods
 */
import { fromText } from '../contract/bytes.ts';
import { fitName } from '../contract/name.ts';
import { domain } from './domain.ts';
import { forgetRecent, haveAllRecent, isNotRecent } from './doubt.ts';
import type { ManagedPasskey } from './management.ts';

type Signal = 'signalUnknownCredential' | 'signalAllAcceptedCredentials' | 'signalCurrentUserDetails';

/** The user's account names, as `identify()` returned them. */
export type UserNames = { user_name?: string | undefined; display_name?: string | undefined };

/** Tells the browser that this passkey was refused for good or removed, so that it may hide it. */
export async function signalUnknown(rpId = domain(), credentialId: string | undefined): Promise<void> {
  if (!credentialId) return;
  forgetRecent(credentialId);
  await tell('signalUnknownCredential', { rpId, credentialId });
}

/** The same of a passkey that Verify did not find, unless it is new: Verify may not find a new one at once. */
export async function signalNotFound(rpId: string | undefined, credentialId: string): Promise<void> {
  if (isNotRecent(credentialId)) await signalUnknown(rpId, credentialId);
}

/**
 * Tells the browser that these are all of the user's passkeys. It drops the others, and a dropped passkey cannot be
 * brought back: in doubt nothing is told. The next list that is sure tells it.
 */
export async function signalAccepted(all: ManagedPasskey[]): Promise<void> {
  const [first] = all;
  const ids = all.flatMap(({ passkey }) => passkey.credentialId ?? []);
  if (!first?.entitySid || ids.length < all.length || !haveAllRecent(ids)) return;
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
  { user_name: name, display_name: displayName }: UserNames,
): Promise<void> {
  if (!entitySid || !name) return;
  const names = { name: fitName(name), displayName: fitName(displayName ?? name) };
  await tell('signalCurrentUserDetails', { rpId, userId: fromText(entitySid), ...names });
}

async function tell(signal: Signal, options: object): Promise<void> {
  // Not every browser has it.
  const { PublicKeyCredential } = globalThis as {
    PublicKeyCredential?: Partial<Record<Signal, (options: object) => Promise<void>>>;
  };
  await PublicKeyCredential?.[signal]?.(options);
}
