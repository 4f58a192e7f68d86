/** Whether something speaks against what the browser is about to be told. Loaded with the Signal API. */
import * as v from 'valibot';
import { eraseItem, itemPrefix, itemsOfPage, writeItem } from './recent.ts';

/** How long a passkey is recent, in milliseconds: Verify accepts none later than this after it was begun. */
const maxAge = 600_000;

/** How long an item may be. A credential id has at most 1,023 bytes. */
const maxCharacters = 2000;

const Item = v.pipe(
  v.string(),
  v.maxLength(maxCharacters),
  v.parseJson(),
  v.object({ at: v.number(), id: v.optional(v.string()) }),
);

/** A passkey that this browser has made lately. It has no id while it is being made. */
type RecentPasskey = { id?: string | undefined };

/** Whether each passkey that this browser has made lately is among these ids, and none is being made. */
export function haveAllRecent(ids: readonly string[]): boolean {
  return findRecent()?.every(({ id }) => id !== undefined && ids.includes(id)) ?? false;
}

/** Whether this passkey is none that this browser has made lately or is making. */
export function isNotRecent(credentialId: string): boolean {
  return findRecent()?.every(({ id }) => id !== undefined && id !== credentialId) ?? false;
}

/** Forgets a passkey that Verify will never have, or has no longer. */
export function forgetRecent(credentialId: string): void {
  try {
    for (const key of findKeys()) if (parse(readValue(key))?.id === credentialId) eraseItem(key);
  } catch {
    // Without a storage nothing is told of any list.
  }
}

/** The passkeys of the last ten minutes. Undefined if the browser remembers nothing for this page. */
function findRecent(): RecentPasskey[] | undefined {
  try {
    demandStorage();
    return findKeys().flatMap((key) => readRecent(key) ?? []);
  } catch {
    return undefined;
  }
}

/** What cannot be written now may have been refused to another tab as well. */
function demandStorage(): void {
  const key = 'verify-passkeys.probe';
  const value = 'x'.repeat(maxCharacters);
  localStorage.setItem(key, value);
  if (localStorage.getItem(key) !== value) throw new Error('localStorage does not keep what is written');
  localStorage.removeItem(key);
}

function findKeys(): string[] {
  const stored = Object.keys(localStorage).filter((key) => key.startsWith(itemPrefix));
  return [...new Set([...itemsOfPage().keys(), ...stored])];
}

/** An item that is malformed or of the future counts as written now: it is in doubt, but not for ever. */
function readRecent(key: string): RecentPasskey | undefined {
  const value = readValue(key);
  if (value === undefined) return undefined; // Another tab has just removed it.
  const item = parse(value);
  const age = item ? Date.now() - item.at : -1;
  if (age < 0) {
    writeItem(key);
    return {};
  }
  if (age < maxAge) return item;
  eraseItem(key);
  return undefined;
}

const readValue = (key: string) => itemsOfPage().get(key) ?? localStorage.getItem(key) ?? undefined;

/** Other versions of this package, other scripts and users can write an item too. */
function parse(value: string | undefined): v.InferOutput<typeof Item> | undefined {
  const { output, success } = v.safeParse(Item, value);
  return success ? output : undefined;
}
