/** Turns "the browser declined" into null, and leaves every other failure. Loaded with the first upgrade. */
import { isPasskeyError, type PasskeyErrorCode } from './error.ts';
import type { PasskeyEvent } from './event.ts';
import { isRefused } from './refused.ts';

/** The codes with which a browser declines to make a passkey without a prompt. */
const declined: readonly PasskeyErrorCode[] = [
  'cancelled',
  'timed_out',
  'already_registered',
  'no_credential',
  'unsupported',
];

/** Resolves to null if the browser declined, or if Verify or the relay refused the passkey that it made. */
export async function nullIfDeclined<T>(
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
