/** What the relay is told once: whose account, who is signed in, what to do when somebody has signed in. */
import { sidOf } from '../contract/identifier.ts';

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
   * the passkey was made elsewhere, or the storage has lost it.
   */
  remembered: boolean;
};

/** The passkey that has just been made. */
export type VerifiedFactor = {
  sid: string;
  identity: string;
  entitySid: string | undefined;
  friendlyName: string | undefined;
  credentialId: string;
};

/**
 * Where the relay remembers whose passkey is whose: text by text, sync or async. A Map, Keyv, D1. What was set must be
 * found from then on, by every relay: a passkey that is not found is unknown, and browsers drop it.
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

/** The account's own credentials, or better an API key's, which can be revoked alone. */
export type Account =
  | { accountSid: string; authToken: string; apiKey?: never; apiKeySecret?: never }
  | { apiKey: string; apiKeySecret: string; accountSid?: never; authToken?: never };

/** The account's credentials are `accountSid` and `authToken`, or better an API key: `apiKey` (`SK…`) and `apiKeySecret`. */
export type RelayConfig = Account & {
  /** The Verify Service's SID, `VA…`. */
  serviceSid: string;
  /** At least 32 characters. Of a list the first signs and all verify, so that the secret can be rotated. */
  cookieSecret: string | string[];
  /**
   * Says who is signed in, from the app's own session and never from the body. `null` refuses `register` and
   * `manage`; for `authenticate` it means that anybody may sign in, while an identity asks for that user again.
   */
  identify(request: Request, step: 'register' | 'authenticate' | 'manage'): Awaitable<Who | null>;
  /** Signs the user in: the headers it gives, a session cookie say, join the answer. */
  onApproved?(approval: Approval, request: Request): Awaitable<AnswerHeaders | void>;
  /** Told of each new passkey; the headers it gives join the answer. */
  onVerified?(factor: VerifiedFactor, request: Request): Awaitable<AnswerHeaders | void>;
  /**
   * Must outlive the process in production: without it, known passkeys cannot sign in.
   *
   * @default a Map of its own
   */
  storage?: RelayStorage;
  /**
   * The origins of the pages that may call, scheme and port included.
   *
   * @default the origin of the request's own address
   */
  origins?: string[];
  /**
   * Calls Verify in the platform's place: heeds the request's signal, and follows no redirect, which would take the
   * account's secret along.
   *
   * @default globalThis.fetch, looked up at each call
   */
  fetch?: (request: Request) => Promise<Response>;
  /**
   * Milliseconds to wait for Verify, for a request's body, and for each call of `storage`: 1 to 2147483647.
   *
   * @default 10000
   */
  timeout?: number;
};

export type Settings = Pick<
  RelayConfig,
  'serviceSid' | 'identify' | 'onApproved' | 'onVerified' | 'origins'
> & {
  authorization: string;
  cookieSecrets: string[];
  storage: RelayStorage;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  timeout: number;
};

export function readConfig(config: RelayConfig): Settings {
  const { serviceSid, cookieSecret, identify, onApproved, onVerified, origins, timeout = 10_000 } = config;
  const { storage = new Map<string, string>(), fetch } = config;
  const cookieSecrets = [cookieSecret].flat();
  const isStrong = (secret: unknown) => typeof secret === 'string' && secret.length >= 32;
  demand(sidOf('VA').test(serviceSid), 'serviceSid', 'VA and 32 hex digits');
  demand(
    cookieSecrets.length > 0 && cookieSecrets.every(isStrong),
    'cookieSecret',
    'at least 32 characters long',
  );
  demand(typeof identify === 'function', 'identify', 'a function');
  demand(isFunction(onApproved), 'onApproved', 'a function');
  demand(isFunction(onVerified), 'onVerified', 'a function');
  demand(
    [storage?.get, storage?.set, storage?.delete].every((method) => typeof method === 'function'),
    'storage',
    'an object with get, set and delete',
  );
  demand(
    origins === undefined || (Array.isArray(origins) && origins.length > 0 && origins.every(isOrigin)),
    'origins',
    'a list of origins such as https://login.example.com',
  );
  demand(isFunction(fetch), 'fetch', 'a function');
  demand(
    Number.isInteger(timeout) && timeout > 0 && timeout < 2 ** 31,
    'timeout',
    'milliseconds from 1 to 2147483647',
  );
  const authorization = authorize(config);
  return {
    serviceSid,
    authorization,
    cookieSecrets,
    identify,
    onApproved,
    onVerified,
    storage,
    origins,
    // Given a Request, the platform's own fetch would copy it, and its body, once more.
    fetch: (url: string, init: RequestInit) =>
      fetch ? fetch(new Request(url, init)) : globalThis.fetch(url, init),
    timeout,
  } as Settings;
}

/** Basic is the only scheme that Verify takes for passkeys. */
function authorize({ accountSid, authToken, apiKey, apiKeySecret }: RelayConfig): string {
  const byKey = apiKey !== undefined || apiKeySecret !== undefined;
  demand(
    !(byKey && (accountSid !== undefined || authToken !== undefined)),
    'apiKey',
    'given without accountSid and authToken',
  );
  const [user, password] = byKey ? [apiKey, apiKeySecret] : [accountSid, authToken];
  if (byKey) demand(sidOf('SK').test(String(user)), 'apiKey', 'SK and 32 hex digits');
  else demand(sidOf('AC').test(String(user)), 'accountSid', 'AC and 32 hex digits');
  const name = byKey ? 'apiKeySecret' : 'authToken';
  demand(
    typeof password === 'string' && /^[\x21-\x7e]+$/.test(password),
    name,
    'ASCII without spaces, and not empty',
  );
  return `Basic ${btoa(`${user}:${password}`)}`;
}

const isFunction = (value: unknown) => value === undefined || typeof value === 'function';

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value;
}

function demand(holds: boolean, option: string, expected: string): void {
  if (!holds) throw new TypeError(`createRelay: ${option} must be ${expected}`);
}
