/** The ceremonies of one relay, as a page calls them. */
import type { Challenge, Factor } from './answer.ts';
import { capabilities, demandWebAuthn } from './capabilities.ts';
import { demandConfig, type PasskeysConfig } from './config.ts';
import { PasskeyError } from './error.ts';
import { createPass, type PasskeyEvent } from './event.ts';
import { prepared } from './lifetime.ts';
import { createLine } from './line.ts';
import { createLoad } from './load.ts';
import type { Passkey } from './management.ts';
import { createTransport } from './transport.ts';

/** What `register` takes: `friendlyName` (1 to 64 characters) is the passkey's name, `signal` ends all of it. */
export type RegisterInput = { friendlyName?: string | undefined; signal?: AbortSignal | undefined };

/** What `authenticate` takes; `signal` ends all of it. */
export type AuthenticateInput = {
  signal?: AbortSignal | undefined;
  /**
   * Only a passkey on this device counts, and the answer comes at once.
   *
   * @default false
   */
  immediate?: boolean | undefined;
};

/** A ceremony whose options are there already: call `run` from the click. A second `run` fetches options of its own. */
export type Prepared<T> = {
  /** @throws PasskeyError */
  run(): Promise<T>;
};

/** The ceremonies of one relay. What any of them rejects with is a PasskeyError. */
export type Passkeys = {
  /**
   * Makes a passkey for the user who is signed in to the app.
   *
   * @see https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
   */
  register(input?: RegisterInput): Promise<Factor>;
  /**
   * Signs somebody in with a passkey. `immediate` rejects with `no_credential` at once where this device has none, or
   * its offer was closed, so that the page can offer its other way in; browsers without it show the plain prompt.
   *
   * @see https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
   */
  authenticate(input?: AuthenticateInput): Promise<Challenge>;
  /**
   * Waits behind `<input autocomplete="username webauthn">` until somebody picks a passkey there. Renews its Challenge
   * before that expires, makes room for any other ceremony of the page, and comes back if that ends without success.
   * Rejects with `unsupported` at once where the browser has no autofill for passkeys, with `aborted` when its signal
   * says so, another ceremony of the page succeeds or another `autofill` takes over, and with the error of a pick that
   * Verify or the relay refuses: start it again then. Abort it when the field goes.
   *
   * @see https://www.w3.org/TR/webauthn-3/#dom-publickeycredential-isconditionalmediationavailable
   */
  autofill(input?: { signal?: AbortSignal | undefined }): Promise<Challenge>;
  /**
   * Makes a passkey in silence, right after a password sign-in; `null` where the browser declines or lacks it. What
   * the browser declines leaves an unverified Factor at Verify, which removes it within 24 hours.
   *
   * @see https://www.w3.org/TR/webauthn-3/#dom-clientcapability-conditionalcreate
   */
  upgrade(input?: RegisterInput): Promise<Factor | null>;
  /**
   * Fetches the options of `register` ahead. Do so on intent only (the dialog opens, the button is hovered): each
   * makes a Factor, of which Verify allows 100 for an entity in a day. Options past their timeout are fetched anew.
   */
  prepareRegister(input?: RegisterInput): Promise<Prepared<Factor>>;
  /** Fetches the options of `authenticate` ahead; `run` reaches the prompt in the task of the click. */
  prepareAuthenticate(input?: AuthenticateInput): Promise<Prepared<Challenge>>;
  /** The signed-in user's passkeys; where there are any, the browser is told that these are all. */
  list(): Promise<Passkey[]>;
  /** Renames a passkey (1 to 64 characters) at Verify; the browser, which has one name for a user, is told it too. */
  rename(sid: string, friendlyName: string): Promise<Passkey>;
  /** Removes a passkey, at Verify and in the browser's own list. */
  remove(sid: string): Promise<void>;
};

/**
 * Makes the ceremonies of one relay. Touches nothing of the browser, so it may run on a server too.
 *
 * @throws TypeError at once, naming the option, where one is missing or malformed.
 * @example
 * ```ts
 * const passkeys = createPasskeys({ baseUrl: '/passkeys' });
 * document.querySelector('button')!.onclick = () => passkeys.authenticate();
 * ```
 */
export function createPasskeys(config: PasskeysConfig): Passkeys {
  demandConfig(config);
  const { timeout = 10_000 } = config;
  const load = createLoad(timeout);
  const send = createTransport({ ...config, timeout }, load);
  const line = createLine(send, load);

  const passOf = (
    ceremony: PasskeyEvent['ceremony'],
    way: PasskeyEvent['way'],
    alsoTell?: (event: PasskeyEvent) => void,
  ) => createPass(ceremony, way, (event) => alsoTell?.(event));

  const isImmediate = async ({ immediate = false }: AuthenticateInput) =>
    immediate && (await capabilities()).immediate;

  const manage = () => load(() => import('./management.ts'));

  return {
    register: async (input = {}) => line.register(passOf('register', 'plain'), input),

    async authenticate(input = {}) {
      const immediate = await isImmediate(input);
      return line.authenticate(passOf('authenticate', immediate ? 'immediate' : 'plain'), input, immediate);
    },

    async autofill({ signal } = {}) {
      demandWebAuthn('authenticate');
      if (!(await capabilities()).autofill) {
        throw new PasskeyError(
          'unsupported',
          'This browser offers no passkeys in autofill: offer a button instead.',
        );
      }
      const { waitForPick } = await load(() => import('./autofill.ts'), signal);
      const pass = passOf('authenticate', 'autofill');
      const { options, credential } = await waitForPick(
        pass,
        (signal) => line.beginAuthenticate(pass, signal),
        signal,
      );
      return line.approve(pass, options, credential, signal);
    },

    async upgrade(input = {}) {
      if (!(await capabilities()).upgrade) return null;
      const { orNull } = await load(() => import('./upgrade.ts'), input.signal);
      return orNull((tell) =>
        line.register(passOf('register', 'upgrade', tell), input, undefined, 'conditional'),
      );
    },

    async prepareRegister(input = {}) {
      demandWebAuthn('register');
      const pass = passOf('register', 'prepared');
      const options = prepared(await line.beginRegister(pass, input, input.signal), 'register');
      return { run: async () => line.register(pass, input, options()) };
    },

    async prepareAuthenticate(input = {}) {
      demandWebAuthn('authenticate');
      const pass = passOf('authenticate', 'prepared');
      const immediate = await isImmediate(input);
      const options = prepared(await line.beginAuthenticate(pass, input.signal), 'authenticate');
      return { run: async () => line.authenticate(pass, input, immediate, options()) };
    },

    list: async () => (await manage()).list(send),
    rename: async (sid, friendlyName) => (await manage()).rename(send, sid, friendlyName),
    remove: async (sid) => (await manage()).remove(send, sid),
  };
}
