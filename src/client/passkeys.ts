/** The lines: every ceremony passes begin, ask, check, send and read, once and in this order. */
import type { AuthenticationCredential } from '../contract/credential.ts';
import { findCauses, findIssues, loadAttestation } from '../contract/findings.ts';
import type { CreationOptions, OptionsOf, RequestOptions } from '../contract/options.ts';
import { ceremony, type Step } from '../contract/route.ts';
import type { Expected } from '../contract/shape.ts';
import { type Challenge, type Factor, readChallenge, readFactor } from './answer.ts';
import { waitForPick } from './autofill.ts';
import { capabilities, demandWebAuthn, hasImmediate } from './capabilities.ts';
import { create, demandOptions, get } from './ceremony.ts';
import { demandConfig, type PasskeysConfig } from './config.ts';
import { isPasskeyError, PasskeyError } from './error.ts';
import { list, type Passkey, remove, rename } from './management.ts';
import { signalUnknown } from './signal.ts';
import { createTransport } from './transport.ts';
import { takeTurn } from './turn.ts';

/** What `register` takes: `friendlyName` (1 to 64 characters) is the passkey's name, `signal` ends all of it. */
export type RegisterInput = { friendlyName?: string | undefined; signal?: AbortSignal | undefined };

/** What `authenticate` takes: with `immediate` only a passkey on this device counts, and the answer comes at once. */
export type AuthenticateInput = { signal?: AbortSignal | undefined; immediate?: boolean | undefined };

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
   * Signs somebody in with a passkey. `immediate` rejects with `no_credential` at once where this device has none, so
   * that the page can offer its other way in; browsers without it show the plain prompt.
   *
   * @see https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
   */
  authenticate(input?: AuthenticateInput): Promise<Challenge>;
  /**
   * Waits behind `<input autocomplete="username webauthn">` until somebody picks a passkey there. Renews its Challenge
   * before that expires, makes room for any other ceremony of the page, and comes back if that ends without success.
   * Rejects at once with `unsupported` where the browser has no autofill for passkeys. Abort it when the field goes.
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
  /** The signed-in user's passkeys; the browser is told that these are all. */
  list(): Promise<Passkey[]>;
  /** Renames a passkey (1 to 64 characters), at Verify and in the browser's own list. */
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

  const begin = async <S extends Step>(
    step: S,
    json: object,
    signal: AbortSignal | undefined,
  ): Promise<OptionsOf<S>> => demandOptions(step, await send({ route: ceremony[step].begin, json }, signal));

  /** Loads what will judge the passkey too: once the browser has made it, nothing may be missing. */
  const beginRegister = async ({ friendlyName }: RegisterInput, signal: AbortSignal | undefined) => {
    const loading = loadAttestation().catch((cause: unknown) => {
      throw new PasskeyError('unreachable', 'A part of verify-passkeys could not be loaded.', { cause });
    });
    const [options] = await Promise.all([
      begin('register', friendlyName ? { friendly_name: friendlyName } : {}, signal),
      loading,
    ]);
    return options;
  };

  const beginAuthenticate = (signal: AbortSignal | undefined) => begin('authenticate', {}, signal);

  const register = (
    input: RegisterInput,
    begun?: CreationOptions,
    mediation?: CredentialMediationRequirement,
  ) =>
    takeTurn(input.signal, async (turn) => {
      const options = begun ?? (await beginRegister(input, turn));
      const credential = await create(options, turn, mediation);
      const wanted = expected(options.challenge, options.rp.id);
      await check('register', credential, wanted);
      const sent = send({ route: ceremony.register.finish, json: credential }, input.signal);
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
    const sent = send({ route: ceremony.authenticate.finish, json: credential }, signal);
    const answer = await sent.catch(async (error: unknown) => {
      if (isUnknown(error)) await signalUnknown(options.rpId, credential.id);
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
      const { options, credential } = await waitForPick(beginAuthenticate, signal);
      return approve(options, credential, signal);
    },

    async upgrade(input = {}) {
      if (!(await capabilities()).upgrade) return null;
      return register(input, undefined, 'conditional').catch((error: unknown) => {
        if (isPasskeyError(error) && declined.includes(error.code)) return null;
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

    list: () => list(send),
    rename: (sid, friendlyName) => rename(send, sid, friendlyName),
    remove: (sid) => remove(send, sid),
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

/** Gives options out once and only while they hold. */
function prepared<T extends { timeout?: number | undefined }>(options: T, step: Step): () => T | undefined {
  const expires = performance.now() + (options.timeout ?? ceremony[step].lifetime);
  let left: T | undefined = options;
  return () => {
    const given = performance.now() < expires ? left : undefined;
    left = undefined;
    return given;
  };
}

/** The relay knows nobody by this passkey, or Verify has no Factor of it. */
function isUnknown(error: unknown): boolean {
  return isPasskeyError(error) && ['unknown_credential', 60390].includes(error.rejection?.code ?? '');
}

/** Judges exactly what will leave. */
async function check(step: Step, credential: object, wanted: Expected) {
  const issues = await findIssues(step, credential, wanted).catch((cause: unknown) => {
    throw new PasskeyError('invalid_credential', 'Nothing was sent: the credential is unfit.', { cause });
  });
  if (!issues[0]) return;
  const { message, fix } = issues[0];
  throw new PasskeyError('invalid_credential', `Nothing was sent: ${message} ${fix}`, { issues });
}

/** Twilio's numbers for a credential, whose causes can be looked for in what was sent. */
const ofCredential = [
  60375, 60376, 60377, 60378, 60379, 60380, 60381, 60382, 60385, 60386, 60387, 60420, 60434,
];

/** The same error, with what may be wrong with the credential where Verify refused that. */
async function explained(error: unknown, step: Step, credential: object, wanted: Expected): Promise<unknown> {
  const code = isPasskeyError(error) && error.code === 'rejected' && error.rejection?.code;
  if (typeof code !== 'number' || !ofCredential.includes(code)) return error;
  const { message, rejection, cause } = error as PasskeyError;
  const issues = await findCauses(step, credential, wanted, code).catch(() => undefined);
  return new PasskeyError('rejected', message, { cause, rejection, issues });
}

/** A page knows its own origin; the options name the relying party, or leave it to be the page's domain. */
function expected(challenge: string, rpId = location.hostname): Expected {
  return { challenge, rpId, origin: location.origin };
}
