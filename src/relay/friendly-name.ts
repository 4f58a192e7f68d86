/** Reads the nickname of a passkey, the only thing that the page may choose. */
import { isObject } from '../contract/json.ts';
import { cleanName, maxFriendlyName } from '../contract/name.ts';
import { refuseBody } from './refusal.ts';

/** The clean nickname in a body, or undefined if it has none. */
export function readName(body: unknown): string | undefined {
  if (!isObject(body)) return refuseName('a body that is no object');
  const { friendly_name: name } = body;
  if (name === undefined) return undefined;
  if (typeof name !== 'string') return refuseName(name === null ? 'null' : `a ${typeof name}`);
  const clean = cleanName(name);
  const { length } = clean;
  return length > 0 && length <= maxFriendlyName ? clean : refuseName(`${length} characters`);
}

/** Refuses a body whose nickname is missing or malformed. */
export function refuseName(came = 'none'): never {
  const message = `friendly_name must be a text of 1 to ${maxFriendlyName} characters (UTF-16 code units, as JavaScript counts them), without controls; ${came} came.`;
  throw refuseBody([
    { path: 'friendly_name', code: 60388, message, fix: 'Send { "friendly_name": "Laptop" }.' },
  ]);
}
