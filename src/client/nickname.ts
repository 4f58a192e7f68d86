/** Reads the nickname that the page gives a passkey. */
import { cleanName, maxFriendlyName } from '../contract/name.ts';
import { createError } from './error.ts';

/** Returns the clean nickname. Refuses one that is too long as the relay would, so that its user can shorten it. */
export function demandNickname(friendlyName: string): string {
  if (typeof friendlyName !== 'string') return friendlyName; // The relay says what is wrong with it.
  const name = cleanName(friendlyName);
  if (name.length <= maxFriendlyName) return name;
  const message = `friendlyName has ${name.length} characters (UTF-16 code units); expected 1 to ${maxFriendlyName}`;
  const rejection = { code: 60388, message, status: 400 };
  throw createError('rejected', `Factors: nothing was sent; ${message}.`, { rejection });
}
