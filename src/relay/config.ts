/** What the relay is told once: whose account, who is signed in, what to do when somebody has signed in. */
import { sidOf } from '../contract/identifier.ts';
import type { Refused } from './codes.ts';

/** The user of the app's own session. */
export type Who = {
  /**
   * 8 to 64 letters, digits and dashes that stay the same for good and hold no personal data: a UUID, for example. It
   * must mean one and the same person wherever this Verify Service is used.
   */
  identity: string;
  /**
   * By what the user knows the account, an e-mail address for example: the browser shows it where an account is chosen.
   * It goes to the page and never to Twilio.
   *
   * @default the passkey's nickname
   */
  userName?: string | null | undefined;
  /**
   * The user's name as people say it, such as `Ada Lovelace`. It goes to the page and never to Twilio.
   *
   * @default `userName`
   */
  displayName?: string | null | undefined;
  /**
   * The nickname of a new passkey that the page does not name itself, 1 to 64 characters. Verify keeps it.
   *
   * @default the identity
   */
  friendlyName?: string | null | undefined;
};

/** Who has just signed in. */
export type Approval = {
  /** The user, as `identify` names them. In every app that shares this Service it must mean one and the same person. */
  identity: string;
  /** The SID of the user's Entity at Verify, `YE…`; undefined where nobody says it. */
  entitySid: string | undefined;
  /** The SID of the passkey at Verify, `YF…`; undefined where Verify named the identity alone. */
  factorSid: string | undefined;
  /** The passkey's id, base64url. */
  credentialId: string;
  /** The SID of the Challenge that was approved, `YC…`. */
  challengeSid: string;
  /**
   * Whether this relay's storage remembered whose passkey it is. Where it did not, `identity` is Verify's own word:
   * the passkey was made elsewhere, or the storage has lost it. It stays `false` until the app has let the user in once.
   */
  remembered: boolean;
  /** Whether the authenticator verified the user, by a PIN or a finger, and not their presence alone. */
  userVerified: boolean;
  /** Whether the passkey is backed up at the moment, in a password manager for example. */
  backedUp: boolean;
  /**
   * The identity that the Challenge was made for, as `identify` gave it for `authenticate`; undefined where anybody
   * might sign in. For a step-up demand that it is the session's user.
   */
  askedFor: string | undefined;
};

/** The passkey that has just been made. */
export type VerifiedFactor = {
  /** Its SID at Verify, `YF…`. */
  sid: string;
  /** The user whose passkey it is, as `identify` named them. */
  identity: string;
  /** The SID of the user's Entity at Verify, `YE…`; undefined where Verify did not say it. */
  entitySid: string | undefined;
  /** Its nickname, as Verify keeps it. */
  friendlyName: string | undefined;
  /** The passkey's id, base64url. */
  credentialId: string;
  /**
   * The authenticator's model as a UUID, by which lists of models know its name; zeros where it does not tell. Nobody
   * vouches for it.
   */
  aaguid: string;
  /** Whether the authenticator verified the user, by a PIN or a finger, and not their presence alone. */
  userVerified: boolean;
  /** Whether the passkey is backed up at the moment, in a password manager for example. */
  backedUp: boolean;
};

/**
 * Where the relay remembers whose passkey is whose: texts under keys, sync or async, such as a Map, Keyv or D1. What was set should be
 * found from then on, by every relay: a passkey that is not found signs in whom Verify names, and nobody where it names
 * nobody.
 */
export type RelayStorage = {
  /** The text kept under a key; undefined or null where there is none. Throws where the store cannot be reached. */
  get(key: string): unknown;
  /** Keeps a text for good: without a time to live. `false` says that it did not, as Keyv does. */
  set(key: string, value: string): unknown;
  /** Forgets a key; one that is not there is no error. */
  delete(key: string): unknown;
};

/** Headers that join an answer. Written out, since a server's types need not know a page's `HeadersInit`. */
export type AnswerHeaders = Headers | [name: string, value: string][] | Record<string, string>;

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** How the relay signs in to Twilio: by the account itself, or better by an API key, which can be revoked alone. */
export type Account =
  | {
      /** The account's SID, `AC` and 32 hex digits. */
      accountSid: string;
      /** The account's auth token. */
      authToken: string;
      apiKey?: never;
      apiKeySecret?: never;
    }
  | {
      /** The API key's SID, `SK` and 32 hex digits. */
      apiKey: string;
      /** The API key's secret, which Twilio shows once. */
      apiKeySecret: string;
      accountSid?: never;
      authToken?: never;
    };

/** What `createRelay` is told. The account is named by `apiKey` and `apiKeySecret`, or by `accountSid` and `authToken`. */
export type RelayConfig = Account & {
  /** The Verify Service's SID, `VA…`. */
  serviceSid: string;
  /**
   * Signs the cookies of ceremonies: at least 32 characters, the same on every relay. To rotate it give a list: the
   * first signs, and each of them verifies.
   */
  cookieSecret: string | string[];
  /**
   * Says who is signed in, from the app's own session and never from the body. `null` refuses `register` and
   * `manage`; for `authenticate` it means that anybody may sign in, while an identity asks for that user again.
   */
  identify(request: Request, step: 'register' | 'authenticate' | 'manage'): Awaitable<Who | null>;
  /**
   * Signs the user in: the headers that it gives, a session cookie for example, join the answer. `false` refuses:
   * the page gets 403 `not_allowed`, and nobody is signed in. `true` adds no header.
   */
  onApproved?(approval: Approval, request: Request): Awaitable<AnswerHeaders | void | boolean>;
  /**
   * Told of each new passkey. The headers that it gives join the answer. A page that posts its passkey again, because
   * the first answer was lost, makes it be told of that passkey once more.
   */
  onVerified?(factor: VerifiedFactor, request: Request): Awaitable<AnswerHeaders | void>;
  /**
   * Told once of every refusal, for the operator's log, and of each error that `identify`, `onApproved` or
   * `onVerified` throws. What it throws itself is ignored, and nobody waits for a promise that it gives.
   */
  onRefused?(refused: Refused, request: Request): void;
  /**
   * Where the relay remembers whose passkey is whose. In production it must outlive the process.
   *
   * @default a Map of its own, of which the console warns once
   */
  storage?: RelayStorage;
  /**
   * The origins of the pages that may call, scheme and port included, and of the apps and extensions:
   * `https://login.example.com`, `android:apk-key-hash:…`, `chrome-extension://…`, `capacitor://localhost`. A
   * credential must have been signed on one of them too. Where an `android:` origin is listed, calls without an
   * Origin are let in, as apps make them. Set it wherever a proxy or a framework hides the address that browsers see.
   *
   * @default the origin of the request's own address
   */
  origins?: string[];
  /**
   * The origins of the pages that may show yours in a frame, where a credential is signed in that frame.
   *
   * @default none: what is signed in a frame on a page of another origin is refused
   */
  topOrigins?: string[];
  /**
   * Calls Verify in the platform's place: heeds the request's signal, and follows no redirect, which would take the
   * account's secret along.
   *
   * @default globalThis.fetch, looked up at each call
   */
  fetch?: (request: Request) => Promise<Response>;
  /**
   * Milliseconds, 1 to 2147483647, that the relay may wait in one call: for the body, for Verify and for `storage`,
   * taken together. The time that your own functions take counts too, but they are not interrupted. Keep it under the
   * page's `timeout`, so that the page gets the relay's reason.
   *
   * @default 8000
   */
  timeout?: number;
};

/** The options as they were given, read once and judged. */
type Given = 'serviceSid' | 'identify' | 'onApproved' | 'onVerified' | 'onRefused' | 'origins' | 'topOrigins';

export type Settings = { [Option in Given]: RelayConfig[Option] } & {
  authorization: string;
  cookieSecrets: string[];
  storage: RelayStorage;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  timeout: number;
  /** What must stand in no message: the account's secret, the Authorization header made of it, and the cookie secrets. */
  secrets: string[];
};

let hasWarned = false;

/** Once in a process, since some hosts make a relay for each call. */
function warnOfMemory(): void {
  if (hasWarned) return;
  hasWarned = true;
  console.warn(
    'createRelay: without `storage` passkeys are remembered in memory only, until this process ends. Set `storage` in production.',
  );
}

export function readConfig(config: RelayConfig): Settings {
  const { serviceSid, cookieSecret, identify, onApproved, onVerified, onRefused, storage, fetch } = config;
  const { origins, topOrigins, timeout = 8_000 } = config;
  const cookieSecrets = [cookieSecret].flat();
  const isStrong = (secret: unknown) => typeof secret === 'string' && secret.length >= 32;
  demand(sidOf('VA').test(serviceSid), 'serviceSid', 'VA and 32 hex digits', serviceSid === undefined);
  const areStrong = cookieSecrets.length > 0 && cookieSecrets.every(isStrong);
  demand(areStrong, 'cookieSecret', 'at least 32 characters long', cookieSecret === undefined);
  demand(typeof identify === 'function', 'identify', 'a function', identify === undefined);
  for (const [name, hook] of Object.entries({ onApproved, onVerified, onRefused, fetch })) {
    demand(hook === undefined || typeof hook === 'function', name, 'a function');
  }
  const isStore = [storage?.get, storage?.set, storage?.delete].every(
    (method) => typeof method === 'function',
  );
  demand(storage === undefined || isStore, 'storage', 'an object with get, set and delete');
  demandOrigins('origins', origins);
  demandOrigins('topOrigins', topOrigins);
  const isTime = Number.isInteger(timeout) && timeout > 0 && timeout < 2 ** 31;
  demand(isTime, 'timeout', 'milliseconds from 1 to 2147483647');
  const { user, password } = readAccount(config);
  if (!storage) warnOfMemory();
  // Basic is the only scheme that Verify takes for passkeys.
  const basic = btoa(`${user}:${password}`);
  return {
    serviceSid,
    authorization: `Basic ${basic}`,
    cookieSecrets,
    secrets: [password, basic, ...cookieSecrets],
    identify,
    onApproved,
    onVerified,
    onRefused,
    origins,
    topOrigins,
    storage: storage ?? new Map<string, string>(),
    // Given a Request, the platform's own fetch would copy it, and its body, once more.
    fetch: (url, init) => (fetch ? fetch(new Request(url, init)) : globalThis.fetch(url, init)),
    timeout,
  };
}

function readAccount({ accountSid, authToken, apiKey, apiKeySecret }: RelayConfig) {
  const byAccount = accountSid !== undefined || authToken !== undefined;
  const byKey = apiKey !== undefined || apiKeySecret !== undefined;
  demand(!(byKey && byAccount), 'apiKey', 'given without accountSid and authToken');
  // Where nothing is given, the key is what is missing: it is what the guides use.
  const [user, password] = byAccount ? [accountSid, authToken] : [apiKey, apiKeySecret];
  if (byAccount)
    demand(sidOf('AC').test(String(user)), 'accountSid', 'AC and 32 hex digits', user === undefined);
  else demand(sidOf('SK').test(String(user)), 'apiKey', 'SK and 32 hex digits', user === undefined);
  const secret = String(password ?? '');
  const name = byAccount ? 'authToken' : 'apiKeySecret';
  demand(/^[\x21-\x7e]+$/.test(secret), name, 'ASCII without spaces, and not empty', password === undefined);
  return { user, password: secret };
}

/** https://www.w3.org/TR/webauthn-3/#dom-collectedclientdata-origin, and the schemes of apps and extensions. */
function demandOrigins(option: string, origins: unknown): void {
  if (origins === undefined) return;
  const expected = 'a list of origins such as https://login.example.com or android:apk-key-hash:…';
  demand(Array.isArray(origins) && origins.length > 0, option, expected);
  for (const origin of origins as unknown[]) {
    const advice = String(origin).includes('*') ? '; list each origin, without wildcards' : '';
    demand(isOrigin(origin), option, `${expected}, and ${JSON.stringify(origin)} is none${advice}`);
  }
}

function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  // The SHA-256 of the certificate that signs the app, base64url.
  if (value.startsWith('android:')) return /^android:apk-key-hash:[\w-]{43}$/.test(value);
  if (/^https?:/.test(value))
    return URL.canParse(value) && new URL(value).origin === value && !value.includes('*');
  return /^[a-z][a-z0-9+.-]*:\/\/[\w.-]+(:\d+)?$/.test(value);
}

function demand(holds: boolean, option: string, expected: string, isMissing = false): void {
  if (!holds)
    throw new TypeError(`createRelay: ${option} must be ${expected}${isMissing ? ', and is missing' : ''}`);
}
