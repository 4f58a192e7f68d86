/** The ceremonies of one relay, as a page calls them. */

import type { Ceremony } from '../contract/ceremony.ts';
import type { Challenge, Factor } from './answer.ts';
import { capabilities, demandWebAuthn } from './capabilities.ts';
import { demandConfig, type PasskeysConfig } from './config.ts';
import { createError, type PasskeyError, type PasskeyErrorCode } from './error.ts';
import { createRunStation, type PasskeyEvent } from './event.ts';
import { dueOf } from './lifetime.ts';
import { type Beginning, createLine } from './line.ts';
import { createLoad } from './load.ts';
import type { Passkey } from './management.ts';
import { createTransport } from './transport.ts';

/** What kind of authenticator the browser should offer first. https://www.w3.org/TR/webauthn-3/#enum-hints */
export type Hint = 'security-key' | 'client-device' | 'hybrid';

/** The input of `upgrade`. */
export type UpgradeInput = {
  /**
   * The passkey's nickname in the user's list: 1 to 64 characters, as UTF-16 code units. The browser does not show it.
   * It goes to Twilio, so it should hold no personal data: `Laptop`, and not the user's name.
   *
   * @default what the relay's `identify()` gives
   */
  friendlyName?: string | undefined;
  /** Aborts the ceremony, which then rejects with `aborted`. */
  signal?: AbortSignal | undefined;
};

/** The input of `register`. */
export type RegisterInput = UpgradeInput & {
  /** The kinds of authenticator that the browser should offer, the most wanted first. */
  hints?: Hint[] | undefined;
  /**
   * `platform` for a passkey of this device, `cross-platform` for a security key or a phone.
   *
   * @default the Service's setting
   */
  authenticatorAttachment?: AuthenticatorAttachment | undefined;
  /** Inputs of extensions such as `prf`, bytes as buffers. https://www.w3.org/TR/webauthn-3/#sctn-defined-extensions */
  extensions?: AuthenticationExtensionsClientInputs | undefined;
};

/** The input of `authenticate`. */
export type AuthenticateInput = {
  /** Aborts the ceremony, which then rejects with `aborted`. */
  signal?: AbortSignal | undefined;
  /**
   * Answers at once, and only with a passkey of this device. Call `authenticate` right after a click or a key press.
   * The plain prompt is shown if the browser lacks this mode, or if the Challenge lists passkeys.
   *
   * @default false
   */
  immediate?: boolean | undefined;
  /** The kinds of authenticator that the browser should offer, the most wanted first. */
  hints?: Hint[] | undefined;
  /** Inputs of extensions such as `prf`, bytes as buffers. https://www.w3.org/TR/webauthn-3/#sctn-defined-extensions */
  extensions?: AuthenticationExtensionsClientInputs | undefined;
};

/** A ceremony whose options have been fetched already. */
export type Prepared<T> = {
  /**
   * Call `run` in the handler of the click: it reaches the browser in the same task. A second call fetches new options.
   */
  run(): Promise<T>;
};

/**
 * The ceremonies of one relay. Each method rejects with a {@link PasskeyError}: {@link PasskeyErrorCode} says what each
 * code means, and the guide "Errors" has a table of which method can reject with which code.
 */
export type Passkeys = {
  /**
   * Makes a passkey for the user who is signed in to the app. If Verify, the relay or the check refuses the passkey for
   * good, the browser is told to stop offering it.
   *
   * @example
   * ```ts
   * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
   * document.querySelector<HTMLElement>('#add')!.onclick = async () => {
   *   const { friendlyName } = await passkeys.register({ friendlyName: 'Laptop' });
   *   console.log(`"${friendlyName}" is ready.`);
   * };
   * ```
   * @see https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
   */
  register(input?: RegisterInput): Promise<Factor>;
  /**
   * Signs somebody in with a passkey. If Verify has no such passkey (60390), the browser is told to stop offering it.
   *
   * With `immediate`, `no_credential` means that this device has no passkey, that the offer was closed, or that the
   * window is private: then show the page's other way to sign in.
   *
   * @example
   * ```ts
   * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
   * document.querySelector<HTMLElement>('#sign-in')!.onclick = async () => {
   *   const { identity } = await passkeys.authenticate();
   *   console.log(`${identity} has signed in.`);
   * };
   * ```
   * @see https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
   */
  authenticate(input?: AuthenticateInput): Promise<Challenge>;
  /**
   * Offers passkeys in `<input autocomplete="username webauthn">`, and signs in with the one that is picked. Fetches its
   * first Challenge when the page is first visible, and renews it before it expires. Makes room for any other ceremony
   * of the page, and comes back if that ends without success. Abort it when the page removes the field.
   *
   * A failure that another pick may cure does not end it: it calls `onFailure`, fetches a new Challenge after a pause,
   * and the field goes on offering. The pause is `retryAfter` if the server gives one, otherwise a second, and longer
   * each time while tries fail at once, up to a minute.
   *
   * Rejects only with what no other pick can cure. With `rejected`, `rejection.code` is then `forbidden_origin`,
   * `not_found`, `method_not_allowed`, `body_too_large` or `not_json`: the way to the relay must be changed first.
   *
   * @example
   * ```ts
   * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
   * if ((await capabilities()).autofill) {
   *   await passkeys.autofill({ onFailure: ({ message }) => console.warn(message) });
   *   location.assign('/account');
   * }
   * ```
   * @see https://www.w3.org/TR/webauthn-3/#dom-publickeycredential-isconditionalmediationavailable
   */
  autofill(input?: {
    /** Aborts the wait, which then rejects with `aborted`. */
    signal?: AbortSignal | undefined;
    /**
     * Called with each failure after which the field goes on offering: of a pick, such as `rejected` (409, 410, 5xx, a
     * passkey that Verify no longer has), `rate_limited`, `unreachable`, `timed_out` or `cancelled`, and of a Challenge
     * that could not be fetched. Tell the user. Whatever it throws is ignored.
     */
    onFailure?: ((error: PasskeyError) => void) | undefined;
  }): Promise<Challenge>;
  /**
   * Makes a passkey without a prompt, right after a password sign-in. Resolves to `null` if the browser declines or
   * cannot do this, and if Verify or the relay refuses such a passkey. When the browser declines, an unverified Factor
   * stays at Verify, which removes it within 24 hours.
   *
   * @example
   * ```ts
   * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
   * const factor = await passkeys.upgrade(); // right after the password was right
   * if (factor) console.log('Next time the passkey is enough.');
   * ```
   * @see https://www.w3.org/TR/webauthn-3/#dom-clientcapability-conditionalcreate
   */
  upgrade(input?: UpgradeInput): Promise<Factor | null>;
  /**
   * Fetches the options of `register` before the click. Call it only when the user is likely to register (the dialog
   * opens, the button is hovered): each call makes a Factor, and Verify allows an entity 100 of them in a day. `run`
   * fetches new options if these are too old, and rejects as `register` does.
   *
   * @example
   * ```ts
   * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
   * const { run } = await passkeys.prepareRegister(); // as the dialog opens
   * document.querySelector<HTMLElement>('#add')!.onclick = () => run();
   * ```
   */
  prepareRegister(input?: RegisterInput): Promise<Prepared<Factor>>;
  /**
   * Fetches the options of `authenticate` before the click. `run` fetches new options if these are too old, and rejects
   * as `authenticate` does.
   *
   * @example
   * ```ts
   * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
   * const { run } = await passkeys.prepareAuthenticate();
   * document.querySelector<HTMLElement>('#sign-in')!.onclick = () => run();
   * ```
   */
  prepareAuthenticate(input?: AuthenticateInput): Promise<Prepared<Challenge>>;
  /**
   * Lists the signed-in user's passkeys. The browser is told that there are no others if the relay knows all of them
   * and each passkey that this browser made in the last ten minutes is among them; in doubt it is told nothing. If the
   * relay knows what the account is called, the browser is told that too.
   *
   * @example
   * ```ts
   * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
   * for (const { friendlyName, lastUsed } of await passkeys.list()) console.log(friendlyName, lastUsed);
   * ```
   */
  list(): Promise<Passkey[]>;
  /**
   * Gives a passkey another nickname at Verify, 1 to 64 UTF-16 code units. It should hold no personal data, since it goes
   * to Twilio. The account's name in the browser does not change. If the user has no passkey with this SID, the code is
   * `rejected` and `rejection.code` is `not_found`.
   *
   * @example
   * ```ts
   * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
   * const [first] = await passkeys.list();
   * if (first) await passkeys.rename(first.sid, 'Old laptop');
   * ```
   */
  rename(sid: string, friendlyName: string): Promise<Passkey>;
  /**
   * Removes a passkey at Verify. A browser that has the Signal API is told to stop offering it. If the user has no
   * passkey with this SID, the code is `rejected` and `rejection.code` is `not_found`.
   *
   * @example
   * ```ts
   * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
   * const [first] = await passkeys.list();
   * if (first) await passkeys.remove(first.sid);
   * ```
   */
  remove(sid: string): Promise<void>;
};

/**
 * Makes the ceremonies of one relay. It does not touch the browser, so it can run on a server too.
 *
 * @throws TypeError at once, naming the option, if one is missing or malformed.
 * @example
 * ```ts
 * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
 * document.querySelector('button')!.onclick = () => passkeys.authenticate();
 * ```
 */
export function createPasskeys(config: PasskeysConfig): Passkeys {
  demandConfig(config);
  const { timeout = 10_000, onEvent } = config;
  const load = createLoad(timeout);
  const send = createTransport({ ...config, timeout }, load);
  const line = createLine(send, load);

  const stationsOf = (
    ceremony: PasskeyEvent['ceremony'],
    way: PasskeyEvent['way'],
    alsoTell?: (event: PasskeyEvent) => void,
  ) =>
    createRunStation(ceremony, way, (event) => {
      alsoTell?.(event);
      // An async function, so that neither what onEvent throws nor what it rejects with reaches the ceremony.
      (async () => onEvent?.(event))().catch(() => {});
    });

  const isImmediate = async ({ immediate = false }: AuthenticateInput) =>
    immediate && (await capabilities()).immediate;

  // How many bytes each import() saves at first load, by `npm run size` in Vite: 2,200 here.
  const manage = () => load(() => import('./management.ts'));

  return {
    register: async (input = {}) => line.register({ runStation: stationsOf('register', 'plain'), input }),

    async authenticate(input = {}) {
      const immediate = await isImmediate(input);
      const runStation = stationsOf('authenticate', immediate ? 'immediate' : 'plain');
      return line.authenticate({ runStation, input, immediate });
    },

    async autofill({ signal, onFailure } = {}) {
      demandWebAuthn('authenticate');
      if (!(await capabilities()).autofill) {
        throw createError(
          'unsupported',
          'This browser offers no passkeys in autofill: offer a button instead.',
        );
      }
      // Saves 700 bytes.
      const { signInByAutofill } = await load(() => import('./autofill.ts'), signal);
      const runStation = stationsOf('authenticate', 'autofill');
      return signInByAutofill({
        runStation,
        begin: line.beginAuthentication,
        approve: (picked) => line.approve({ ...picked, runStation, signal }),
        signal,
        onFailure,
      });
    },

    async upgrade(input = {}) {
      if (!(await capabilities()).upgrade) return null;
      // Saves 150 bytes.
      const { nullIfDeclined } = await load(() => import('./upgrade.ts'), input.signal);
      return nullIfDeclined((tell) => {
        const runStation = stationsOf('register', 'upgrade', tell);
        return line.register({ runStation, input, mediation: 'conditional' });
      });
    },

    async prepareRegister(input = {}) {
      demandWebAuthn('register');
      const runStation = stationsOf('register', 'prepared');
      const begun = await runStation('begin', () => line.beginRegistration(input, input.signal));
      const take = takeOnce('register', begun);
      return { run: async () => line.register({ runStation, input, beginning: take() }) };
    },

    async prepareAuthenticate(input = {}) {
      demandWebAuthn('authenticate');
      const runStation = stationsOf('authenticate', 'prepared');
      const immediate = await isImmediate(input);
      const begun = await runStation('begin', () => line.beginAuthentication(input.signal));
      const take = takeOnce('authenticate', begun);
      return { run: async () => line.authenticate({ runStation, input, immediate, beginning: take() }) };
    },

    list: async () => (await manage()).list(send),
    rename: async (sid, friendlyName) => (await manage()).rename(send, sid, friendlyName),
    remove: async (sid) => (await manage()).remove(send, sid),
  };
}

/** Returns what was begun on the first call, if the user still has time to answer; otherwise undefined. */
function takeOnce<C extends Ceremony>(ceremony: C, begun: Beginning<C>): () => Beginning<C> | undefined {
  const due = dueOf(ceremony, begun.options);
  let left: Beginning<C> | undefined = begun;
  return () => {
    const taken = Date.now() < due ? left : undefined;
    left = undefined;
    return taken;
  };
}
