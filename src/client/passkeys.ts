/** The lines: every ceremony passes begin, ask, check, send and read, once and in this order. */

import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import type { CreationOptions, OptionsOf, RequestOptions } from '../contract/options.ts';
import { type Challenge, type Factor, readChallenge, readFactor } from './answer.ts';
import { capabilities, demandWebAuthn, hasImmediate } from './capabilities.ts';
import { create, demandOptions, get } from './ceremony.ts';
import { check, expected, explained, loadJudge } from './check.ts';
import { demandConfig, type PasskeysConfig } from './config.ts';
import { isPasskeyError, PasskeyError } from './error.ts';
import { prepared } from './lifetime.ts';
import { load } from './load.ts';
import type { Passkey } from './management.ts';
import { createTransport } from './transport.ts';
import { takeTurn } from './turn.ts';

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
 */
export function createPasskeys(config: PasskeysConfig): Passkeys {
  demandConfig(config);
  const send = createTransport(config);

  /** Fetches the options, and beside them what will judge the answer: once the user has answered, nothing may be missing. */
  const begin = async <S extends Ceremony>(
    ceremony: S,
    json: object,
    signal: AbortSignal | undefined,
  ): Promise<OptionsOf<S>> => {
    const [answer] = await Promise.all([
      send({ route: ceremonies[ceremony].begin, json }, signal),
      loadJudge(ceremony),
    ]);
    return demandOptions(ceremony, answer);
  };

  const beginRegister = ({ friendlyName }: RegisterInput, signal: AbortSignal | undefined) =>
    begin('register', friendlyName ? { friendly_name: friendlyName } : {}, signal);

  const beginAuthenticate = (signal: AbortSignal | undefined) => begin('authenticate', {}, signal);

  const register = (
    input: RegisterInput,
    begun?: CreationOptions,
    ask: (options: CreationOptions, turn: AbortSignal) => Promise<RegistrationCredential> = create,
  ) =>
    takeTurn(input.signal, async (turn) => {
      const options = begun ?? (await beginRegister(input, turn));
      const credential = await ask(options, turn);
      const wanted = expected(options.challenge, options.rp.id);
      await check('register', credential, wanted);
      const sent = send({ route: ceremonies.register.finish, json: credential }, input.signal);
      const answer = await sent.catch(async (error: unknown) => {
        throw await explained(error, 'register', credential, wanted);
      });
      return readFactor(answer);
    });

  const authenticate = (input: AuthenticateInput, immediate: boolean, begun?: RequestOptions) =>
    takeTurn(input.signal, async (turn) => {
      const options = begun ?? (await beginAuthenticate(turn));
      const credential = await get(options, turn, { immediate });
      return approve(options, credential, input.signal);
    });

  /** The last three stations of every sign-in. */
  async function approve(
    options: RequestOptions,
    credential: AuthenticationCredential,
    signal: AbortSignal | undefined,
  ) {
    const wanted = expected(options.challenge, options.rpId);
    await check('authenticate', credential, wanted);
    const sent = send({ route: ceremonies.authenticate.finish, json: credential }, signal);
    const answer = await sent.catch(async (error: unknown) => {
      if (isUnknown(error)) await tellUnknown(options.rpId, credential.id);
      throw await explained(error, 'authenticate', credential, wanted);
    });
    return readChallenge(answer);
  }

  return {
    register: (input = {}) => register(input),

    async authenticate(input = {}) {
      return authenticate(input, input.immediate === true && (await hasImmediate()));
    },

    async autofill({ signal } = {}) {
      if (!(await capabilities()).autofill) {
        throw new PasskeyError(
          'unsupported',
          'This browser offers no passkeys in autofill: offer a button instead.',
        );
      }
      const { waitForPick } = await load(import('./autofill.ts'));
      const { options, credential } = await waitForPick(beginAuthenticate, signal);
      return approve(options, credential, signal);
    },

    async upgrade(input = {}) {
      if (!(await capabilities()).upgrade) return null;
      let isDeclined = false;
      const offer = (options: CreationOptions, turn: AbortSignal) =>
        create(options, turn, 'conditional').catch((error: PasskeyError) => {
          isDeclined = declined.includes(error.code);
          throw error;
        });
      return register(input, undefined, offer).catch((error: unknown) => {
        if (isDeclined) return null;
        throw error;
      });
    },

    async prepareRegister(input = {}) {
      demandWebAuthn();
      const options = prepared(await beginRegister(input, input.signal), 'register');
      return { run: () => register(input, options()) };
    },

    async prepareAuthenticate(input = {}) {
      demandWebAuthn();
      const immediate = input.immediate === true && (await hasImmediate());
      const options = prepared(await beginAuthenticate(input.signal), 'authenticate');
      return { run: () => authenticate(input, immediate, options()) };
    },

    list: async () => (await load(import('./management.ts'))).list(send),
    rename: async (sid, friendlyName) =>
      (await load(import('./management.ts'))).rename(send, sid, friendlyName),
    remove: async (sid) => (await load(import('./management.ts'))).remove(send, sid),
  };
}

/** How a browser says that it will not make a passkey in silence. */
const declined: readonly string[] = [
  'cancelled',
  'timed_out',
  'already_registered',
  'no_credential',
  'unsupported',
];

/** The relay knows nobody by this passkey, or Verify has no Factor of it. */
function isUnknown(error: unknown): boolean {
  return isPasskeyError(error) && ['unknown_credential', 60390].includes(error.rejection?.code ?? '');
}

/** A hint to the browser, so that it offers the passkey no more: one that cannot be given hides no error. */
async function tellUnknown(rpId: string | undefined, credentialId: string): Promise<void> {
  await import('./signal-api.ts')
    .then(({ signalUnknown }) => signalUnknown(rpId, credentialId))
    .catch(() => {});
}
