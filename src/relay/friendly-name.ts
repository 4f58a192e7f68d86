/** Reads the nickname of a passkey, the only thing that the page may choose. */
import * as v from 'valibot';
import { friendlyName, maxFriendlyName } from '../contract/resource.ts';
import { unfit } from './refusal.ts';

const Named = v.object({ friendly_name: v.optional(friendlyName) });

/** The name in a body, or undefined if it has none. */
export function readName(body: unknown): string | undefined {
  const named = v.safeParse(Named, body);
  return named.success ? named.output.friendly_name : refuseName();
}

/** Refuses a body whose name is missing or malformed. */
export function refuseName(): never {
  const message = `friendly_name must be a text of 1 to ${maxFriendlyName} characters.`;
  throw unfit([{ path: 'friendly_name', code: 60388, message, fix: 'Send { "friendly_name": "Laptop" }.' }]);
}
