/** One Verify Service: its settings, its clock and what it has stored. */
import { sidOf } from '../contract/identifier.ts';

/** Who asks for the passkey: `id` a bare domain, `origins` with scheme and port, compared exactly. */
export type RelyingParty = { id: string; name: string; origins: string[] };

/** Where the emulator keeps its state: a Map, or anything alike. Values are plain JSON objects. */
export type EmulatorStorage = {
  /** The object kept under a key; undefined where there is none. */
  get(key: string): unknown;
  /** Keeps an object. */
  set(key: string, value: unknown): unknown;
  /** Forgets a key; one that is not there is no error. */
  delete(key: string): unknown;
};

/** How much something is wanted, in WebAuthn's words. */
export type Preference = 'required' | 'preferred' | 'discouraged';
/** Which authenticators may answer: this device's, others, or any. */
export type Attachment = 'platform' | 'cross-platform' | 'any';

/**
 * The settings of the Service. Without `authenticatorAttachment`, `discoverableCredentials` and
 * `userVerification` a Factor whose request has no `config` is refused with 60393, as Verify does.
 */
export type EmulatorConfig = {
  /** The Service's SID, `VA…`. */
  serviceSid: string;
  /** The account's SID, `AC…`, or an API key's, `SK…`: the user name of Basic auth. */
  accountSid: string;
  /** The password of Basic auth. */
  authToken: string;
  relyingParty: RelyingParty;
  authenticatorAttachment?: Attachment;
  discoverableCredentials?: Preference;
  userVerification?: Preference;
  /**
   * The clock: milliseconds since 1970.
   *
   * @default Date.now
   */
  now?: () => number;
  /** @default a Map of its own */
  storage?: EmulatorStorage;
  /** `published` answers in the shapes that Twilio's OpenAPI examples print. */
  quirks?: 'published';
  /**
   * A browser that makes a passkey without asking the user (`mediation: 'conditional'`) clears the user-present and
   * user-verified flags. No document says what Verify makes of that: the emulator takes such a registration, and
   * refuses it with 60386 where this is `refused`. Where user verification is required it is refused in any case.
   */
  silentRegistration?: 'refused';
  /**
   * The origins of the pages that may show the relying party's page in a frame of another origin, such as
   * `https://partner.example`. A ceremony in any other such frame is refused with 60380.
   *
   * @default [] no frame of another origin
   */
  topOrigins?: readonly string[];
};

export type Service = {
  sid: string;
  accountSid: string;
  authToken: string;
  relyingParty: RelyingParty;
  criteria: Criteria;
  now: () => number;
  storage: EmulatorStorage;
  published: boolean;
  takesSilent: boolean;
  topOrigins: readonly string[];
};

/** The authenticator criteria, in the words of the wire. */
export type Criteria = {
  authenticator_attachment?: Attachment | undefined;
  discoverable_credentials?: Preference | undefined;
  user_verification?: Preference | undefined;
};

export const attachments: readonly unknown[] = ['platform', 'cross-platform', 'any'];
export const preferences: readonly unknown[] = ['required', 'preferred', 'discouraged'];

export function createService(config: EmulatorConfig): Service {
  const {
    serviceSid,
    accountSid,
    authToken,
    relyingParty,
    now = Date.now,
    storage = new Map(),
    quirks,
    authenticatorAttachment,
    discoverableCredentials,
    userVerification,
    silentRegistration,
    topOrigins = [],
  } = config ?? {};
  demand(sidOf('VA').test(serviceSid), 'serviceSid', 'VA and 32 hex digits');
  demand(
    sidOf('AC').test(accountSid) || sidOf('SK').test(accountSid),
    'accountSid',
    'AC or SK and 32 hex digits',
  );
  demand(typeof authToken === 'string' && authToken !== '', 'authToken', 'a non-empty string');
  demand(
    isRelyingParty(relyingParty),
    'relyingParty',
    '{ id, name, origins }: a bare domain, a name, a list of origins',
  );
  demand(isOneOf(attachments, authenticatorAttachment), 'authenticatorAttachment', attachments.join(', '));
  demand(isOneOf(preferences, discoverableCredentials), 'discoverableCredentials', preferences.join(', '));
  demand(isOneOf(preferences, userVerification), 'userVerification', preferences.join(', '));
  demand(typeof now === 'function', 'now', 'a function that gives milliseconds');
  demand(
    (['get', 'set', 'delete'] as const).every((name) => typeof storage?.[name] === 'function'),
    'storage',
    'an object with get, set and delete',
  );
  demand(quirks === undefined || quirks === 'published', 'quirks', '"published" or nothing');
  demand(
    silentRegistration === undefined || silentRegistration === 'refused',
    'silentRegistration',
    '"refused" or nothing',
  );
  demand(
    Array.isArray(topOrigins) && topOrigins.every((origin) => typeof origin === 'string'),
    'topOrigins',
    'a list of origins',
  );
  const criteria = {
    authenticator_attachment: authenticatorAttachment,
    discoverable_credentials: discoverableCredentials,
    user_verification: userVerification,
  };
  return {
    sid: serviceSid,
    accountSid,
    authToken,
    relyingParty,
    criteria,
    now,
    storage,
    published: quirks === 'published',
    takesSilent: silentRegistration !== 'refused',
    topOrigins,
  };
}

function demand(holds: boolean, option: string, expected: string): void {
  if (!holds) throw new TypeError(`createEmulator: ${option} must be ${expected}`);
}

const isOneOf = (list: readonly unknown[], value: unknown) => value === undefined || list.includes(value);

export function isRelyingParty(value: unknown): value is RelyingParty {
  const { id, name, origins } = (value ?? {}) as Partial<RelyingParty>;
  const texts = (list: unknown) =>
    Array.isArray(list) && list.length > 0 && list.every((x) => typeof x === 'string');
  return isDomain(id) && typeof name === 'string' && name !== '' && texts(origins);
}

/** A relying party id is a bare domain: no scheme, no port, no path. */
export function isDomain(id: unknown): id is string {
  return typeof id === 'string' && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(id);
}

export function createSid(letters: 'YF' | 'YC' | 'YE'): string {
  return letters + crypto.randomUUID().replace(/-/g, '');
}

export const toDate = (time: number | null) => (time === null ? null : new Date(time).toISOString());
