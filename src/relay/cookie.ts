/** Binds a ceremony to the browser that began it: by one signed cookie for each ceremony, at most five at once. */
import { fromBytes, toBytes } from '../contract/bytes.ts';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import type { Settings } from './config.ts';
import { Refusal } from './refusal.ts';

/**
 * The contents of a cookie. `identity` is empty if any user may sign in, and `entitySid` if Verify named no Entity.
 * `expires` is in milliseconds since 1970.
 */
export type PendingCeremony = {
  ceremony: Ceremony;
  sid: string;
  identity: string;
  entitySid: string;
  expires: number;
};

export type CookieJar = {
  /** The Set-Cookie headers that begin a ceremony and remove the oldest ones beyond five. */
  begin(request: Request, ceremony: Omit<PendingCeremony, 'expires'>): Promise<[string, string][]>;
  /** The ceremony with this SID that this browser began. Refuses if there is no such ceremony, or if it has expired. */
  find(request: Request, ceremony: Ceremony, sid: string): Promise<PendingCeremony>;
  /** Refuses a browser that has begun no ceremony here, before its body is read. */
  demandAny(request: Request): Promise<void>;
  /** The Set-Cookie header that ends a ceremony. */
  clear(request: Request, sid: string): [string, string];
};

const maxCeremonies = 5;

/**
 * How many cookies are checked in one call: enough for four relays on one host. Each costs a signature check.
 * Browsers send the newest last. https://www.rfc-editor.org/rfc/rfc6265#section-5.4
 */
const maxCookies = 4 * maxCeremonies;

type Jar = Pick<Settings, 'cookieSecrets' | 'serviceSid' | 'origins'>;

export function createCookieJar({ cookieSecrets, serviceSid, origins }: Jar): CookieJar {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  // Created on first use, since some runtimes allow no asynchronous work at module level.
  let keys: Promise<CryptoKey[]> | undefined;
  const load = () => {
    keys ??= Promise.all(
      cookieSecrets.map((secret) =>
        crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign', 'verify']),
      ),
    ).catch((error: unknown) => {
      // The next call tries again.
      keys = undefined;
      throw error;
    });
    return keys;
  };
  // The purpose and the Service are signed too, so that a signature made elsewhere with this secret is not valid here.
  const message = (content: string) => encoder.encode(`verify-passkeys ${serviceSid} ${content}`);

  async function seal({ ceremony, sid, identity, entitySid, expires }: PendingCeremony): Promise<string> {
    const content = [ceremony, sid, identity, entitySid, expires].join('.');
    const [newest] = await load();
    const signature = await crypto.subtle.sign('HMAC', newest!, message(content)); // There is at least one secret.
    return `${content}.${fromBytes(new Uint8Array(signature))}`;
  }

  async function unseal(value: string): Promise<PendingCeremony | undefined> {
    const end = value.lastIndexOf('.');
    const signature = value.slice(end + 1);
    if (!/^[\w-]{43}$/.test(signature)) return undefined;
    const content = value.slice(0, end);
    for (const key of await load()) {
      if (await crypto.subtle.verify('HMAC', key, toBytes(signature), message(content))) {
        // What this relay has signed has these parts.
        const [ceremony, sid, identity, entitySid, expires] = content.split('.') as [
          Ceremony,
          string,
          string,
          string,
          string,
        ];
        return { ceremony, sid, identity, entitySid, expires: Number(expires) };
      }
    }
    return undefined;
  }

  /**
   * Behind a proxy that ends TLS the request's address is http, but the page's origin, which was checked before, is
   * https. An app sends no origin, and an extension's origin has its own scheme. Both call over https, unless they call
   * a relay on localhost.
   */
  function isSecure({ headers, url }: Request): boolean {
    const page = headers.get('origin') ?? '';
    if (/^https?:/.test(page)) return page.startsWith('https:');
    return url.startsWith('https:') || !origins?.some((origin) => origin.startsWith('http:'));
  }

  return {
    async begin(request, pending) {
      const secure = isSecure(request);
      const expires = Date.now() + ceremonies[pending.ceremony].lifetime;
      const gone: PendingCeremony[] = [];
      const alive: PendingCeremony[] = [];
      for (const [, value] of readCookies(request, secure).slice(-maxCookies)) {
        // A cookie with another signature may be another relay's, so it is left alone.
        const other = await unseal(value);
        if (other) (other.expires > Date.now() ? alive : gone).push(other);
      }
      const began = (other: PendingCeremony) => other.expires - ceremonies[other.ceremony].lifetime;
      gone.push(...alive.sort((a, b) => began(b) - began(a)).slice(maxCeremonies - 1));
      // The cookie is kept for twice the ceremony's lifetime, so that a late finish gets ceremony_expired.
      const age = (2 * ceremonies[pending.ceremony].lifetime) / 1000;
      return [
        ...gone.map((other) => setCookie(secure, other.sid, '', 0)),
        setCookie(secure, pending.sid, await seal({ ...pending, expires }), age),
      ];
    },
    async find(request, ceremony, sid) {
      const secure = isSecure(request);
      const named = demandCookies(request, secure).filter((cookie) => cookie[0] === sid);
      for (const [, value] of named.slice(-maxCookies)) {
        const found = await unseal(value);
        if (found?.sid !== sid || found.ceremony !== ceremony) continue;
        if (found.expires > Date.now()) return found;
        throw new Refusal('ceremony_expired', { headers: [setCookie(secure, sid, '', 0)] });
      }
      throw new Refusal('ceremony_mismatch');
    },
    async demandAny(request) {
      for (const [, value] of demandCookies(request, isSecure(request)).slice(-maxCookies)) {
        if (await unseal(value)) return;
      }
      throw new Refusal('ceremony_mismatch');
    },
    clear: (request, sid) => setCookie(isSecure(request), sid, '', 0),
  };
}

/** `__Host-` ties a cookie to this host, and browsers accept it only over https. http is for localhost. */
const prefixOf = (secure: boolean) => `${secure ? '__Host-' : ''}passkeys-`;

function setCookie(secure: boolean, sid: string, value: string, age: number): [string, string] {
  const attributes = `Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return ['set-cookie', `${prefixOf(secure)}${sid}=${value}; ${attributes}`];
}

/** Names are compared untrimmed: any page may set a cookie whose name is a Unicode space and `__Host-`. */
function readCookies(request: Request, secure: boolean): [sid: string, value: string][] {
  const prefix = prefixOf(secure);
  return (request.headers.get('cookie') ?? '')
    .split('; ')
    .filter((pair) => pair.startsWith(prefix) && pair.includes('='))
    .map((pair): [string, string] => [
      pair.slice(prefix.length, pair.indexOf('=')),
      pair.slice(pair.indexOf('=') + 1),
    ]);
}

const noCookieCauses =
  "Page and relay must be on the same site; a call across origins needs credentials: 'include'; a frame on another site has no cookies.";

function demandCookies(request: Request, secure: boolean): [sid: string, value: string][] {
  const cookies = readCookies(request, secure);
  if (cookies.length === 0) throw new Refusal('no_ceremony_cookie', { note: noCookieCauses });
  return cookies;
}
