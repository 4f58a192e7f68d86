/** Loads a part of this package that a page does not need at first. */
import { PasskeyError } from './error.ts';

/** Waits for a part of this package that a page does not need at first. */
export async function load<T>(part: Promise<T>): Promise<T> {
  return part.catch((cause: unknown) => {
    throw new PasskeyError('unreachable', 'A part of verify-passkeys could not be loaded.', { cause });
  });
}
