/** The origins of pages, apps and extensions: how they are written, and which of them may use passkeys. */

/** Whether this is the origin of a page: apps and extensions have other schemes. */
export const isWeb = (origin: string): boolean => /^https?:/i.test(origin);

/**
 * Returns what is wrong with how an origin is written; undefined if a page, an app or an extension can send it. Origins
 * are compared as text, so that any other spelling never matches.
 * https://www.w3.org/TR/webauthn-3/#dom-collectedclientdata-origin
 */
export function findOriginFlaw(origin: string): string | undefined {
  if (origin.includes('*')) return 'has a wildcard, and wildcards are not expanded';
  if (/^android:/i.test(origin)) return findAppFlaw(origin);
  if (isWeb(origin)) return findPageFlaw(origin);
  // The schemes of extensions and of apps in a web view: chrome-extension://…, capacitor://localhost.
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(origin) ?? [];
  if (scheme === undefined || rest === undefined) {
    return /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(origin) ? 'has an unknown scheme' : 'has no scheme';
  }
  if (scheme !== scheme.toLowerCase()) return 'has a scheme that is not all lower case';
  if (/^[\w.-]+(:\d+)?$/.test(rest)) return undefined;
  return rest.endsWith('/') ? 'has a slash at the end' : 'has more than scheme, host and port';
}

/** The SHA-256 of an app's signing certificate: 32 bytes are 43 characters, and the last two bits are zero. */
function findAppFlaw(origin: string): string | undefined {
  return /^android:apk-key-hash:[\w-]{42}[AEIMQUYcgkosw048]$/.test(origin)
    ? undefined
    : 'is not "android:apk-key-hash:" followed by a SHA-256 of 43 characters in base64url';
}

function findPageFlaw(origin: string): string | undefined {
  if (!URL.canParse(origin)) return 'is not a URL';
  const url = new URL(origin);
  if (url.origin === origin) return undefined;
  if (url.pathname !== '/' || url.search || url.hash || url.username)
    return 'has more than scheme, host and port';
  if (origin.endsWith('/')) return 'has a slash at the end';
  if (origin !== origin.toLowerCase()) return 'is not all lower case';
  if (/:\d+$/.test(origin)) return 'has the default port of its scheme';
  return 'is not written as browsers write it';
}

/** Returns what is wrong with an origin; undefined if a page, an app or an extension of it can use passkeys. */
export const findPasskeyOriginFlaw = (origin: string): string | undefined =>
  findOriginFlaw(origin) ??
  (isWeb(origin) && isInsecure(origin) ? 'is http and not on localhost' : undefined);

/** Whether browsers refuse passkeys on a page of this origin, since it is http and not on localhost. */
export function isInsecure(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'http:' && !/(^|\.)localhost$/.test(hostname);
}
