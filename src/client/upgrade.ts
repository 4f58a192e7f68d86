/** Tells a passkey that was not made in silence from a registration that failed: loaded when a page asks for an upgrade. */
import { isPasskeyError, type PasskeyErrorCode } from './error.ts';
import type { PasskeyEvent } from './event.ts';
import { isRefused } from './finish.ts';

/** How a browser says that it will not make a passkey in silence. */
const declined: readonly PasskeyErrorCode[] = [
  'cancelled',
  'timed_out',
  'already_registered',
  'no_credential',
  'unsupported',
];

/** Gives null where the browser declined, or Verify or the relay refused the silent passkey that it made. */
export async function orNull<T>(
  register: (tell: (event: PasskeyEvent) => void) => Promise<T>,
): Promise<T | null> {
  let failed: PasskeyEvent['station'] | undefined;
  return register(({ state, station }) => {
    if (state === 'failed') failed = station;
  }).catch((error: unknown) => {
    const isDeclined = failed === 'ask' && isPasskeyError(error) && declined.includes(error.code);
    if (isDeclined || (failed === 'send' && isRefused(error))) return null;
    throw error;
  });
}
