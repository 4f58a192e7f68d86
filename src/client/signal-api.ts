/**
 * Keeps the browser's own list of passkeys true. These are hints: where the browser has no Signal API, refuses one or
 * does not answer, nothing happens. https://www.w3.org/TR/webauthn-3/#sctn-signal-methods
 */
import { fromText } from '../contract/bytes.ts';
import { domain } from './domain.ts';
import type { Managed } from './management.ts';

type Signal = 'signalUnknownCredential' | 'signalAllAcceptedCredentials' | 'signalCurrentUserDetails';

/** This passkey can never be used again: the browser may hide it. */
export async function signalUnknown(rpId = domain(), credentialId: string | undefined): Promise<void> {
  if (credentialId) await tell('signalUnknownCredential', { rpId, credentialId });
}

/** These are all of the user's passkeys. Said only where each id is known, since the browser hides those that are missing. */
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

/** Milliseconds that a hint may hold up what has been done already. */
const longest = 1000;

async function tell(signal: Signal, options: object): Promise<void> {
  const { PublicKeyCredential } = globalThis as {
    PublicKeyCredential?: Partial<Record<Signal, (options: object) => Promise<void>>>;
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longest);
  });
  try {
    await Promise.race([PublicKeyCredential?.[signal]?.(options), silence]);
  } catch {
    // A hint that is not taken changes nothing of what has been done.
  } finally {
    clearTimeout(timer);
  }
}
