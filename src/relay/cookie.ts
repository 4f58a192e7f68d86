/** Binds a ceremony to the browser that began it: one signed cookie each, five at most. */
import { fromBytes, toBytes } from '../contract/bytes.ts';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { Refusal } from './refusal.ts';

/** What a cookie holds. `identity` is empty for a sign-in that may be anybody's; `expires` in milliseconds since 1970. */
export type Begun = { ceremony: Ceremony; sid: string; identity: string; expires: number };

export type CookieJar = {
  /** The Set-Cookie headers that begin a ceremony, the oldest ones making room. */
  begin(request: Request, begun: Omit<Begun, 'expires'>): Promise<[string, string][]>;
  /** The ceremony of this SID that this browser began; a Refusal where it began none or it is too late. */
  find(request: Request, ceremony: Ceremony, sid: string): Promise<Begun>;
  /** Refuses a browser that began no ceremony here at all. */
  demandAny(request: Request): Promise<void>;
  /** The Set-Cookie header that ends a ceremony. */
  clear(request: Request, sid: string): [string, string];
};

const atOnce = 5;

/** Cookies that are looked at in one call: those of four relays on one host. Each costs a signature to verify. */
const most = 4 * atOnce;

export function createCookieJar(secrets: string[], serviceSid: string): CookieJar {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  // Made on first use: a handler at module level may not do asynchronous work in every runtime.
  let keys: Promise<CryptoKey[]> | undefined;
  const load = () => {
    keys ??= Promise.all(
      secrets.map((s) =>
        crypto.subtle.importKey('raw', encoder.encode(s), algorithm, false, ['sign', 'verify']),
      ),
    );
    return keys;
  };
  // The purpose and the Service are signed too, so that a secret shared with something else proves nothing here.
  const message = (content: string) => encoder.encode(`verify-passkeys ${serviceSid} ${content}`);

  async function seal({ ceremony, sid, identity, expires }: Begun): Promise<string> {
    const content = [ceremony, sid, identity, expires].join('.');
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
        const [ceremony, sid, identity, expires] = content.split('.');
        return { ceremony: ceremony as Ceremony, sid: sid!, identity: identity!, expires: Number(expires) };
      }
    }
    return undefined;
  }

  return {
    async begin(request, begun) {
      const expires = Date.now() + ceremonies[begun.ceremony].lifetime;
      const gone: Begun[] = [];
      const alive: Begun[] = [];
      for (const [, value] of readCookies(request).slice(0, most)) {
        // One that was sealed elsewhere may be another relay's: it is left alone.
        const other = await unseal(value);
        if (other) (other.expires > Date.now() ? alive : gone).push(other);
      }
      const began = ({ ceremony, expires }: Begun) => expires - ceremonies[ceremony].lifetime;
      gone.push(...alive.sort((a, b) => began(b) - began(a)).slice(atOnce - 1));
      const name = prefix(request) + begun.sid;
      // Kept for twice its life, so that a late finish is told that it is late.
      const age = (2 * ceremonies[begun.ceremony].lifetime) / 1000;
      return [
        ...gone.map((other) => setCookie(request, prefix(request) + other.sid, '', 0)),
        setCookie(request, name, await seal({ ...begun, expires }), age),
      ];
    },
    async find(request, ceremony, sid) {
      const name = prefix(request) + sid;
      for (const [, value] of demandCookies(request, name)) {
        const found = await unseal(value);
        if (found?.sid !== sid || found.ceremony !== ceremony) continue;
        if (found.expires > Date.now()) return found;
        throw new Refusal('ceremony_expired', { headers: [setCookie(request, name, '', 0)] });
      }
      throw new Refusal('ceremony_mismatch');
    },
    async demandAny(request) {
      for (const [, value] of demandCookies(request)) if (await unseal(value)) return;
      throw new Refusal('ceremony_mismatch');
    },
    clear: (request, sid) => setCookie(request, prefix(request) + sid, '', 0),
  };
}

/** `__Host-` ties a cookie to this host, and browsers take it over https only. http is for localhost. */
function prefix(request: Request): string {
  return `${isSecure(request) ? '__Host-' : ''}passkeys-`;
}

/** Behind a proxy that ends TLS the request's address is http, yet the page's origin, checked before, is https. */
function isSecure(request: Request): boolean {
  return (request.headers.get('origin') ?? request.url).startsWith('https:');
}

function setCookie(request: Request, name: string, value: string, age: number): [string, string] {
  const secure = isSecure(request) ? '; Secure' : '';
  return ['set-cookie', `${name}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`];
}

/** Names are compared as they stand: a space of Unicode before `__Host-` makes a name that any page may set. */
function readCookies(request: Request): [name: string, value: string][] {
  return (request.headers.get('cookie') ?? '')
    .split('; ')
    .map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])
    .filter(([name]) => name.startsWith(prefix(request)));
}

/** The cookies of a name, or of any ceremony. */
function demandCookies(request: Request, name = ''): [name: string, value: string][] {
  const cookies = readCookies(request);
  if (cookies.length === 0) throw new Refusal('no_ceremony_cookie');
  return cookies.filter((cookie) => !name || cookie[0] === name).slice(0, most);
}
