/**
 * Remembers in localStorage, for every tab, which passkeys this browser makes: no list of the server may have them yet.
 * doubt.ts reads what is remembered.
 */

/** Each passkey has an item of its own, so that two tabs do not overwrite each other's. */
export const itemPrefix = 'verify-passkeys.recent.';

// Kept on globalThis under a symbol of our own, since each part of this package that loads late has a copy of this file.
const symbol = Symbol.for('verify-passkeys.recent');
const page = globalThis as { [symbol]?: Map<string, string> }; // Only this file uses the symbol.

/** The items of this page: they stay even if the app clears its localStorage, or it is full. */
export function itemsOfPage(): Map<string, string> {
  page[symbol] ??= new Map();
  return page[symbol];
}

/** Writes an item: when, in milliseconds since 1970, and the id of the passkey. Without an id it is still being made. */
export function writeItem(key: string, id?: string): void {
  const value = JSON.stringify({ at: Date.now(), id });
  itemsOfPage().set(key, value);
  localStorage.setItem(key, value);
}

/** Removes an item. */
export function eraseItem(key: string): void {
  itemsOfPage().delete(key);
  localStorage.removeItem(key);
}

/** Makes a passkey: it is remembered before the browser is asked, and forgotten if the browser makes none. */
export async function remember<T extends { id: string }>(make: () => Promise<T | null>): Promise<T | null> {
  const key = itemPrefix + Math.random();
  // The ceremony goes on without a storage: doubt.ts sees for itself that there is none.
  const attempt = (change: () => void) => {
    try {
      change();
    } catch {}
  };
  attempt(() => writeItem(key));
  try {
    const made = await make();
    attempt(() => (made ? writeItem(key, made.id) : eraseItem(key)));
    return made;
  } catch (error) {
    attempt(() => eraseItem(key));
    throw error;
  }
}
