/** Binds a ceremony to the browser that began it: one signed cookie each, five at most. */
import { fromBytes, toBytes } from '../contract/bytes.ts';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import type { Settings } from './config.ts';
import { Refusal } from './refusal.ts';

/**
 * What a cookie holds. `identity` is empty for a sign-in that may be anybody's, and `entitySid` where Verify named no
 * Entity; `expires` in milliseconds since 1970.
 */
export type Begun = {
  ceremony: Ceremony;
  sid: string;
  identity: string;
  entitySid: string;
  expires: number;
};

export type CookieJar = {
  /** The Set-Cookie headers that begin a ceremony, the oldest ones making room. */
  begin(request: Request, begun: Omit<Begun, 'expires'>): Promise<[string, string][]>;
  /** The ceremony of this SID that this browser began; a Refusal where it began none or it is too late. */
  find(request: Request, ceremony: Ceremony, sid: string): Promise<Begun>;
  /** Refuses a browser that began no ceremony here at all, before its body is even read. */
  demandAny(request: Request): Promise<void>;
  /** The Set-Cookie header that ends a ceremony. */
  clear(request: Request, sid: string): [string, string];
};

const atOnce = 5;

/**
 * Cookies that are looked at in one call, those of four relays on one host. Each costs a signature to verify. Browsers
 * send the newest last. https://www.rfc-editor.org/rfc/rfc6265#section-5.4
 */
const most = 4 * atOnce;

type Jar = Pick<Settings, 'cookieSecrets' | 'serviceSid' | 'origins'>;

export function createCookieJar({ cookieSecrets, serviceSid, origins }: Jar): CookieJar {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  // Made on first use: a handler at module level may not do asynchronous work in every runtime.
  let keys: Promise<CryptoKey[]> | undefined;
  const load = () => {
    keys ??= Promise.all(
      cookieSecrets.map((secret) =>
        crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign', 'verify']),
      ),
    );
    return keys;
  };
  // The purpose and the Service are signed too, so that a secret shared with something else proves nothing here.
  const message = (content: string) => encoder.encode(`verify-passkeys ${serviceSid} ${content}`);

  async function seal({ ceremony, sid, identity, entitySid, expires }: Begun): Promise<string> {
    const content = [ceremony, sid, identity, entitySid, expires].join('.');
    const [key] = await load();
    return `${content}.${fromBytes(new Uint8Array(await crypto.subtle.sign('HMAC', key!, message(content))))}`;
  }

  async function unseal(value: string): Promise<Begun | undefined> {
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
   * Behind a proxy that ends TLS the request's address is http, yet the page's origin, which was checked before, is
   * https. An app sends no origin, and an extension's has a scheme of its own: both call over https, unless they call
   * a relay on localhost.
   */
  function isSecure({ headers, url }: Request): boolean {
    const page = headers.get('origin') ?? '';
    if (/^https?:/.test(page)) return page.startsWith('https:');
    return url.startsWith('https:') || !(origins ?? [url]).some((origin) => origin.startsWith('http:'));
  }

  return {
    async begin(request, begun) {
      const secure = isSecure(request);
      const expires = Date.now() + ceremonies[begun.ceremony].lifetime;
      const gone: Begun[] = [];
      const alive: Begun[] = [];
      for (const [, value] of readCookies(request, secure).slice(-most)) {
        // One that was sealed elsewhere may be another relay's: it is left alone.
        const other = await unseal(value);
        if (other) (other.expires > Date.now() ? alive : gone).push(other);
      }
      const began = ({ ceremony, expires }: Begun) => expires - ceremonies[ceremony].lifetime;
      gone.push(...alive.sort((a, b) => began(b) - began(a)).slice(atOnce - 1));
      // Kept for twice its life, so that a late finish is told that it is late.
      const age = (2 * ceremonies[begun.ceremony].lifetime) / 1000;
      return [
        ...gone.map((other) => setCookie(secure, other.sid, '', 0)),
        setCookie(secure, begun.sid, await seal({ ...begun, expires }), age),
      ];
    },
    async find(request, ceremony, sid) {
      const secure = isSecure(request);
      const named = demandCookies(request, secure).filter((cookie) => cookie[0] === sid);
      for (const [, value] of named.slice(-most)) {
        const found = await unseal(value);
        if (found?.sid !== sid || found.ceremony !== ceremony) continue;
        if (found.expires > Date.now()) return found;
        throw new Refusal('ceremony_expired', { headers: [setCookie(secure, sid, '', 0)] });
      }
      throw new Refusal('ceremony_mismatch');
    },
    async demandAny(request) {
      for (const [, value] of demandCookies(request, isSecure(request)).slice(-most)) {
        if (await unseal(value)) return;
      }
      throw new Refusal('ceremony_mismatch');
    },
    clear: (request, sid) => setCookie(isSecure(request), sid, '', 0),
  };
}

/** `__Host-` ties a cookie to this host, and browsers take it over https only. http is for localhost. */
const prefixOf = (secure: boolean) => `${secure ? '__Host-' : ''}passkeys-`;

function setCookie(secure: boolean, sid: string, value: string, age: number): [string, string] {
  const attributes = `Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return ['set-cookie', `${prefixOf(secure)}${sid}=${value}; ${attributes}`];
}

/** Names are compared as they stand: a space of Unicode before `__Host-` makes a name that any page may set. */
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

function demandCookies(request: Request, secure: boolean): [sid: string, value: string][] {
  const cookies = readCookies(request, secure);
  if (cookies.length === 0) throw new Refusal('no_ceremony_cookie');
  return cookies;
}
