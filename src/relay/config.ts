/** The options of createRelay: the account, who is signed in, and what to do after a sign-in. */
import { sidOf } from '../contract/identifier.ts';
import { findOriginFlaw } from '../contract/origin.ts';
import { expectedTimeout, isTimeout } from '../contract/timeout.ts';
import type { Transport } from '../contract/transport.ts';
import type { Refused } from './answer.ts';

/** The user of the app's own session. */
export type Who = {
  /**
   * 8 to 64 letters, digits and dashes that never change and hold no personal data: a UUID, for example. It must mean
   * the same person wherever this Verify Service is used.
   */
  identity: string;
  /**
   * The name by which the user knows the account, such as an e-mail address. The browser shows it when the user chooses
   * an account. It goes to the page and never to Twilio.
   *
   * @default the passkey's nickname
   */
  userName?: string | null | undefined;
  /**
   * The user's full name, such as `Ada Lovelace`. It goes to the page and never to Twilio.
   *
   * @default `userName`
   */
  displayName?: string | null | undefined;
  /**
   * The nickname of a new passkey, used if the page sends none. It goes to Twilio, and Verify stores it, so it should
   * hold no personal data: `Laptop`, and not the user's name. It is cut after 64 UTF-16 code units.
   *
   * @default the identity
   */
  friendlyName?: string | null | undefined;
};

/** The user who has just signed in, and how. */
export type Approval = {
  /** The user's identity, as in `identify`. It must mean the same person in every app that shares this Service. */
  identity: string;
  /** The SID of the user's Entity at Verify, `YE…`; undefined if neither Verify nor the storage has it. */
  entitySid: string | undefined;
  /** The SID of the passkey at Verify, `YF…`; undefined if Verify named only the identity. */
  factorSid: string | undefined;
  /** The passkey's id, base64url. */
  credentialId: string;
  /** The SID of the Challenge that was approved, `YC…`. */
  challengeSid: string;
  /**
   * Whether this relay's storage knew the owner of the passkey. If not, `identity` comes from Verify alone: the passkey
   * was created elsewhere, or the storage lost it. It stays `false` until the app has let the user in once.
   */
  remembered: boolean;
  /** Whether the authenticator verified the user, by a PIN or a fingerprint, and not only their presence. */
  userVerified: boolean;
  /** Whether the passkey is backed up at the moment, in a password manager for example. */
  backedUp: boolean;
  /**
   * Whether the passkey is in this device (`platform`) or in another one, such as a phone or a security key
   * (`cross-platform`), as the browser said; undefined if it did not say. It is not signed: a hint for what to offer
   * next, never for security.
   */
  authenticatorAttachment: 'platform' | 'cross-platform' | undefined;
  /**
   * The identity that the Challenge was created for, as `identify` returned it for `authenticate`; undefined if any
   * user could sign in. For a step-up, require that it is the session's user.
   */
  askedFor: string | undefined;
};

/** The passkey that has just been created. */
export type VerifiedFactor = {
  /** Its SID at Verify, `YF…`. */
  sid: string;
  /** The identity of its owner, as `identify` returned it. */
  identity: string;
  /** The SID of the user's Entity at Verify, `YE…`; undefined if Verify did not return it. */
  entitySid: string | undefined;
  /** Its nickname, as Verify stores it. */
  friendlyName: string | undefined;
  /** The passkey's id, base64url. */
  credentialId: string;
  /**
   * The authenticator's model (AAGUID) as a UUID; public lists give its name. All zeros if the authenticator does not
   * say. Not attested, so do not rely on it.
   */
  aaguid: string;
  /**
   * Whether the authenticator verified the user, by a PIN or a fingerprint, and not only their presence. A registration
   * is not signed, so a page can forge this, and a sign-in is signed: demand it in `onApproved` too.
   */
  userVerified: boolean;
  /** Whether the passkey is backed up at the moment, in a password manager for example. Not signed either. */
  backedUp: boolean;
  /**
   * Whether the passkey is in this device (`platform`) or in another one, such as a phone or a security key
   * (`cross-platform`), as the browser said; undefined if it did not say. It is not signed: a hint for what to offer
   * next, never for security.
   */
  authenticatorAttachment: 'platform' | 'cross-platform' | undefined;
  /**
   * How browsers may reach the authenticator, as the browser said, without the ways that Verify does not know; empty if
   * it did not say. Not signed either.
   */
  transports: Transport[];
};

/** The passkey that its user wants to remove. */
export type Removal = {
  /** The identity of its owner, as `identify` returned it. */
  identity: string;
  /** Its SID at Verify, `YF…`. */
  sid: string;
  /** Its nickname, as Verify stores it. */
  friendlyName: string | undefined;
  /** The passkey's id, base64url; undefined if the storage does not know it. */
  credentialId: string | undefined;
  /** The authenticator's model (AAGUID) as a UUID, if it is known. */
  aaguid: string | undefined;
  /**
   * How many verified passkeys the user has left afterwards, counted in Verify's list at this moment: it may still have
   * one that was just removed elsewhere, lack one that was just made, and count one that the user has lost. One relay
   * removes a user's passkeys one after the other.
   * Two relays may count at the same moment, so only a lock of the app's own guards the last passkey across relays.
   */
  remaining: number;
};

/**
 * Where the relay remembers the owners of passkeys. It stores texts under keys, and its methods may return promises: a
 * Map, Keyv or D1, for example. What one relay has set, every relay should find from then on. If a passkey is not
 * found, the user that Verify names signs in, or nobody if Verify names no user.
 */
export type RelayStorage = {
  /** Returns the text stored under a key; undefined or null if there is none. Throws if the store is unreachable. */
  get(key: string): unknown;
  /** Stores a text without a time to live. Returning `false` means that it failed, as in Keyv. */
  set(key: string, value: string): unknown;
  /** Removes a key. A missing key is not an error. */
  delete(key: string): unknown;
};

/** Headers to add to an answer. Written out, since a server's types may lack the DOM's `HeadersInit`. */
export type AnswerHeaders = Headers | [name: string, value: string][] | Record<string, string>;

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/**
 * How the relay signs in to Twilio: with an API key, which can be revoked on its own, or with the account's auth token.
 */
export type Account =
  | {
      /** The account's SID, `AC` and 32 hex digits. */
      accountSid: string;
      /** The account's auth token. */
      authToken: string;
      /** Leave this out if you give an auth token. */
      apiKey?: never;
      /** Leave this out if you give an auth token. */
      apiKeySecret?: never;
    }
  | {
      /** The API key's SID, `SK` and 32 hex digits. */
      apiKey: string;
      /** The API key's secret, which Twilio shows once. */
      apiKeySecret: string;
      /** Leave this out if you give an API key. */
      accountSid?: never;
      /** Leave this out if you give an API key. */
      authToken?: never;
    };

/** The options of `createRelay`. Give `apiKey` and `apiKeySecret`, or `accountSid` and `authToken`. */
export type RelayConfig = Account & {
  /** The Verify Service's SID, `VA…`. */
  serviceSid: string;
  /**
   * Signs the ceremony cookies: at least 32 characters, the same on every relay. To rotate it, give a list: the first
   * signs, and all of them verify.
   */
  cookieSecret: string | string[];
  /**
   * Returns the signed-in user, from the app's own session and never from the body. `null` refuses `register` and
   * `manage`. For `authenticate`, `null` means that any user may sign in, and an identity that only that user may.
   */
  identify(request: Request, step: 'register' | 'authenticate' | 'manage'): Awaitable<Who | null>;
  /**
   * Signs the user in. The headers that it returns, such as a session cookie, are added to the answer. `false` refuses:
   * the page gets 403 `not_allowed`, and nobody is signed in. `true` adds no header.
   */
  onApproved?(approval: Approval, request: Request): Awaitable<AnswerHeaders | void | boolean>;
  /**
   * Called for each new passkey, before it is remembered. The headers that it returns are added to the answer. `false`
   * refuses the passkey: it is deleted at Verify, the page gets 403 `not_allowed`, and the browser drops it. If the
   * deletion fails, this relay refuses the passkey all the same, and tries again when it is used or listed. If the page
   * lost the answer and posts the passkey again, it is called again for that passkey.
   */
  onVerified?(factor: VerifiedFactor, request: Request): Awaitable<AnswerHeaders | void | boolean>;
  /**
   * Asked before a passkey is removed. The headers that it returns are added to the answer. `false` keeps the passkey,
   * and the page gets 403 `not_allowed`.
   */
  onRemove?(removal: Removal, request: Request): Awaitable<AnswerHeaders | void | boolean>;
  /**
   * Called once for every refusal and for every error that one of the other functions throws, for the
   * operator's log. Its own errors are ignored, and a promise that it returns is not awaited.
   */
  onRefused?(refused: Refused, request: Request): void;
  /**
   * Where the relay remembers the owners of passkeys. In production it must outlive the process.
   *
   * @default a new Map, with one warning in the console
   */
  storage?: RelayStorage;
  /**
   * The origins of the pages that may call, with scheme and port, and of the apps and extensions:
   * `https://login.example.com`, `android:apk-key-hash:…`, `chrome-extension://…`, `capacitor://localhost`. A
   * credential must have been signed on one of them too. If an `android:` origin is listed, calls without an Origin are
   * accepted, since apps send none. Set it wherever a proxy or a framework hides the address that browsers see.
   *
   * @default the origin of the request's own address
   */
  origins?: string[];
  /**
   * The origins of the pages that may show yours in a frame and have credentials signed there.
   *
   * @default none: a credential signed in a frame on a page of another origin is refused
   */
  topOrigins?: string[];
  /**
   * Calls Verify instead of the platform's fetch. It must obey the request's signal and follow no redirects, which
   * would carry the account's secret to another server.
   *
   * @default globalThis.fetch, looked up at each call
   */
  fetch?: (request: Request) => Promise<Response>;
  /**
   * Milliseconds, 1 to 2147483647, that the relay may wait in one call: for the body, for Verify and for `storage`,
   * taken together. Your own functions share this time: one that takes longer counts as one that threw. The last quarter
   * is kept for what follows Verify's answer, and half of that for `storage`. Keep it under the page's `timeout`, so that
   * the page gets the relay's reason.
   *
   * @default 8000
   */
  timeout?: number;
};

/** The options that are kept as they were given. */
type KeptOption =
  | 'identify'
  | 'onApproved'
  | 'onVerified'
  | 'onRemove'
  | 'onRefused'
  | 'origins'
  | 'topOrigins';

/** The Service at Verify and the store, read once and checked. */
export type Connection = {
  serviceSid: string;
  authorization: string;
  storage: RelayStorage;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  timeout: number;
  /** Must not appear in any message: the account's secret, the Authorization header with it, and the cookie secrets. */
  secrets: string[];
};

/** The options of the relay, read once and checked. */
export type Settings = Connection & { [Option in KeptOption]: RelayConfig[Option] } & {
  cookieSecrets: string[];
};

let hasWarned = false;

/** Warns once in a process, since some hosts create a relay for each call. */
function warnOfMemory(): void {
  if (hasWarned) return;
  hasWarned = true;
  console.warn(
    'createRelay: without `storage` passkeys are remembered in memory only, until this process ends. Set `storage` in production.',
  );
}

export function readConfig(config: RelayConfig): Settings {
  const { cookieSecret, identify, onApproved, onVerified, onRemove, onRefused, origins, topOrigins } = config;
  const demand = createDemand('createRelay');
  const connection = readConnection(config, demand);
  const cookieSecrets = [cookieSecret].flat();
  const isStrong = (secret: unknown) => typeof secret === 'string' && secret.length >= 32;
  const areStrong = cookieSecrets.length > 0 && cookieSecrets.every(isStrong);
  demand(areStrong, 'cookieSecret', 'at least 32 characters long', cookieSecret === undefined);
  demand(typeof identify === 'function', 'identify', 'a function', identify === undefined);
  for (const [name, hook] of Object.entries({ onApproved, onVerified, onRemove, onRefused })) {
    demand(hook === undefined || typeof hook === 'function', name, 'a function');
  }
  demandOrigins(demand, 'origins', origins);
  demandOrigins(demand, 'topOrigins', topOrigins);
  if (!config.storage) warnOfMemory();
  return {
    ...connection,
    secrets: [...connection.secrets, ...cookieSecrets],
    cookieSecrets,
    identify,
    onApproved,
    onVerified,
    onRemove,
    onRefused,
    origins,
    topOrigins,
  };
}

/** The options that a relay and an admin share. */
export type ConnectionConfig = Account & Pick<RelayConfig, 'serviceSid' | 'storage' | 'fetch' | 'timeout'>;

export function readConnection(config: ConnectionConfig, demand: Demand): Connection {
  const { serviceSid, storage, fetch, timeout = 8_000 } = config;
  demand(sidOf('VA').test(serviceSid), 'serviceSid', 'VA and 32 hex digits', serviceSid === undefined);
  demand(fetch === undefined || typeof fetch === 'function', 'fetch', 'a function');
  const isStore = [storage?.get, storage?.set, storage?.delete].every(
    (method) => typeof method === 'function',
  );
  demand(storage === undefined || isStore, 'storage', 'an object with get, set and delete');
  demand(isTimeout(timeout), 'timeout', expectedTimeout);
  const { user, password } = readAccount(config, demand);
  // Verify accepts only Basic auth for passkeys.
  const basic = btoa(`${user}:${password}`);
  return {
    serviceSid,
    authorization: `Basic ${basic}`,
    secrets: [password, basic],
    storage: storage ?? new Map<string, string>(),
    // Given a Request, the platform's fetch would copy it and its body again.
    fetch: (url, init) => (fetch ? fetch(new Request(url, init)) : globalThis.fetch(url, init)),
    timeout,
  };
}

function readAccount({ accountSid, authToken, apiKey, apiKeySecret }: Account, demand: Demand) {
  const byAccount = accountSid !== undefined || authToken !== undefined;
  const byKey = apiKey !== undefined || apiKeySecret !== undefined;
  demand(!(byKey && byAccount), 'apiKey', 'given without accountSid and authToken');
  // If neither is given, name the key as missing, since the guides use the key.
  const [user, password] = byAccount ? [accountSid, authToken] : [apiKey, apiKeySecret];
  if (byAccount)
    demand(sidOf('AC').test(String(user)), 'accountSid', 'AC and 32 hex digits', user === undefined);
  else demand(sidOf('SK').test(String(user)), 'apiKey', 'SK and 32 hex digits', user === undefined);
  const secret = String(password ?? '');
  const name = byAccount ? 'authToken' : 'apiKeySecret';
  demand(/^[\x21-\x7e]+$/.test(secret), name, 'ASCII without spaces, and not empty', password === undefined);
  return { user, password: secret };
}

function demandOrigins(demand: Demand, option: string, origins: unknown): void {
  if (origins === undefined) return;
  const expected = 'a list of origins such as https://login.example.com or android:apk-key-hash:…';
  const list: unknown[] = Array.isArray(origins) ? origins : [];
  demand(list.length > 0, option, expected);
  for (const origin of list) {
    const flaw = typeof origin === 'string' ? findOriginFlaw(origin) : 'is not a text';
    const why = String(origin).includes('*') ? '; list each origin, without wildcards' : `: it ${flaw}`;
    demand(flaw === undefined, option, `${expected}, but ${JSON.stringify(origin)} is not an origin${why}`);
  }
}

type Demand = (holds: boolean, option: string, expected: string, isMissing?: boolean) => void;

/** Returns a function that throws unless an option of `maker` is as expected. */
export const createDemand =
  (maker: string): Demand =>
  (holds, option, expected, isMissing = false) => {
    if (!holds)
      throw new TypeError(`${maker}: ${option} must be ${expected}${isMissing ? ', but is missing' : ''}`);
  };
