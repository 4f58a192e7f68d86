/** The options of createEmulator: the account, the Service it starts with, its clock and its storage. */
import { sidOf } from '../contract/identifier.ts';
import { findOriginFlaw } from '../contract/origin.ts';
import { type Criterion, choices } from '../contract/service.ts';
import { isChoice, isRelyingParty, type RelyingParty, type Settings } from './service.ts';

/** The emulator's state: a Map, or an object with the same three methods. Values are plain JSON objects. */
export type EmulatorStorage = {
  /** Returns the object stored under a key, or undefined if there is none. */
  get(key: string): unknown;
  /** Stores an object under a key. */
  set(key: string, value: unknown): unknown;
  /** Removes a key and its object. Removing a missing key is not an error. */
  delete(key: string): unknown;
};

/** How strongly the relying party asks for something, in WebAuthn's words. */
export type Preference = 'required' | 'preferred' | 'discouraged';
/** Which authenticators may be used: the one of this device, those of other devices, or any. */
export type Attachment = 'platform' | 'cross-platform' | 'any';

/**
 * The settings of the emulator, and of the Service that it starts with. Without `authenticatorAttachment`,
 * `discoverableCredentials` and `userVerification`, a Factor whose request has no `config` is refused with 60393, as
 * Verify refuses it. After a POST has updated the Service, the settings in `storage` replace those given here.
 */
export type EmulatorConfig = {
  /** The Service's SID: `VA` and 32 hex digits. */
  serviceSid: string;
  /** The account's SID, `AC…`, or an API key's, `SK…`: the user name of Basic auth. */
  accountSid: string;
  /** The password of Basic auth. */
  authToken: string;
  /** The relying party that asks for the passkeys. */
  relyingParty: RelyingParty;
  /** Which authenticators may be used, if a Factor's request has no `config`. */
  authenticatorAttachment?: Attachment;
  /** Whether passkeys must be discoverable, if a Factor's request has no `config`. */
  discoverableCredentials?: Preference;
  /** Whether the user must be verified: in every Challenge, and if a Factor's request has no `config`. */
  userVerification?: Preference;
  /**
   * The clock: milliseconds since 1970.
   *
   * @default Date.now
   */
  now?: () => number;
  /**
   * Where Services, Factors and Challenges are kept.
   *
   * @default a new Map
   */
  storage?: EmulatorStorage;
  /** `published` answers in the shapes of Twilio's OpenAPI examples. */
  quirks?: 'published';
  /**
   * A browser that creates a passkey without asking the user (`mediation: 'conditional'`) clears the user-present and
   * user-verified flags. No document says how Verify judges that. The emulator accepts such a registration, or refuses
   * it with 60386 if this is `refused`. If user verification is required, the emulator always refuses it.
   */
  silentRegistration?: 'refused';
  /**
   * The origins of the pages that may show the relying party's page in a frame of another origin, such as
   * `https://partner.example`. A ceremony in any other such frame is refused with 60380.
   *
   * @default [] no frames of another origin
   */
  topOrigins?: readonly string[];
};

/** The settings of the emulator, with their defaults. */
export type Config = {
  accountSid: string;
  authToken: string;
  now: () => number;
  storage: EmulatorStorage;
  published: boolean;
  takesSilent: boolean;
  topOrigins: readonly string[];
  /** The Service that the emulator starts with. */
  first: Settings;
};

export function readConfig(config: EmulatorConfig): Config {
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
  demandOrigins('relyingParty', relyingParty.origins);
  demandChoice('authenticatorAttachment', 'authenticator_attachment', authenticatorAttachment);
  demandChoice('discoverableCredentials', 'discoverable_credentials', discoverableCredentials);
  demandChoice('userVerification', 'user_verification', userVerification);
  demand(typeof now === 'function', 'now', 'a function that returns milliseconds');
  demand(
    (['get', 'set', 'delete'] as const).every((method) => typeof storage?.[method] === 'function'),
    'storage',
    'an object with get, set and delete',
  );
  demand(quirks === undefined || quirks === 'published', 'quirks', '"published" or undefined');
  demand(
    silentRegistration === undefined || silentRegistration === 'refused',
    'silentRegistration',
    '"refused" or undefined',
  );
  demandOrigins('topOrigins', topOrigins);
  const { id, name, origins } = relyingParty;
  return {
    accountSid,
    authToken,
    now,
    storage,
    published: quirks === 'published',
    takesSilent: silentRegistration !== 'refused',
    topOrigins,
    first: {
      sid: serviceSid,
      friendlyName: name,
      relyingParty: { id, name, origins },
      criteria: {
        authenticator_attachment: authenticatorAttachment,
        discoverable_credentials: discoverableCredentials,
        user_verification: userVerification,
      },
      created: now(),
      updated: now(),
    },
  };
}

function demand(holds: boolean, option: string, expected: string): void {
  if (!holds) throw new TypeError(`createEmulator: ${option} must be ${expected}`);
}

function demandChoice(option: string, criterion: Criterion, value: unknown): void {
  demand(value === undefined || isChoice(criterion, value), option, choices[criterion].join(', '));
}

function demandOrigins(option: string, origins: readonly unknown[]): void {
  demand(Array.isArray(origins), option, 'a list of origins');
  for (const origin of origins) {
    const flaw = typeof origin === 'string' ? findOriginFlaw(origin) : 'is not a text';
    demand(flaw === undefined, option, `given with origins, but ${JSON.stringify(origin)} ${flaw}`);
  }
}
