/**
 * Keeps the browser's own list of passkeys true. These are hints: where the browser has no Signal API, or takes one
 * ill, nothing happens. https://www.w3.org/TR/webauthn-3/#sctn-signal-methods
 */
import { fromText } from '../contract/bytes.ts';
import type { Managed } from './management.ts';

type Signal = 'signalUnknownCredential' | 'signalAllAcceptedCredentials' | 'signalCurrentUserDetails';

/** The passkey of this id is of no use any more: the browser may hide it. */
export async function signalUnknown(
  rpId = location.hostname,
  credentialId: string | undefined,
): Promise<void> {
  if (credentialId) await tell('signalUnknownCredential', { rpId, credentialId });
}

/** These are all of the user's passkeys. Said only where each id is known: a missing one would be hidden. */
export async function signalAccepted(all: Managed[]): Promise<void> {
  const [first] = all;
  const ids = all.flatMap(({ passkey }) => passkey.credentialId ?? []);
  if (!first?.entitySid || ids.length < all.length) return;
  const { rpId = location.hostname, entitySid } = first;
  await tell('signalAllAcceptedCredentials', {
    rpId,
    userId: fromText(entitySid),
    allAcceptedCredentialIds: ids,
  });
}

/** What the user is called now: a browser has one name for all passkeys of a user. */
export async function signalName({ passkey, rpId = location.hostname, entitySid }: Managed): Promise<void> {
  const name = passkey.friendlyName;
  if (!entitySid || !name) return;
  await tell('signalCurrentUserDetails', { rpId, userId: fromText(entitySid), name, displayName: name });
}

async function tell(signal: Signal, options: object): Promise<void> {
  const { PublicKeyCredential } = globalThis as {
    PublicKeyCredential?: Partial<Record<Signal, (options: object) => Promise<void>>>;
  };
  try {
    await PublicKeyCredential?.[signal]?.(options);
  } catch {
    // A hint that is not taken changes nothing of what has been done.
  }
}
