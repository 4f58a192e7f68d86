/** The lines: every ceremony passes begin, ask, check, send and read, once and in this order. */
import * as v from 'valibot';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { type Expected, judge } from '../contract/judge.ts';
import type { OptionsOf } from '../contract/options.ts';
import { ChallengeAnswer, FactorAnswer } from '../contract/resource.ts';
import { ceremony, type Step } from '../contract/route.ts';
import { create, demandOptions, get } from './ceremony.ts';
import { PasskeyError } from './error.ts';
import { createTransport, type Send } from './transport.ts';
import { takeTurn } from './turn.ts';

/** How to reach the relay. */
export type PasskeysConfig = {
  /** Where the relay's routes begin: an address, or a path such as `/passkeys`. */
  baseUrl: string;
  /** @default globalThis.fetch, looked up at each call */
  fetch?: typeof globalThis.fetch;
  /**
   * Milliseconds to wait for each answer of the relay: 1 to 2147483647.
   *
   * @default 10000
   */
  timeout?: number;
  /** Headers for each call, or what makes them: an anti-forgery token, say. */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /**
   * `include` for a relay on another origin of the same site.
   *
   * @default 'same-origin'
   */
  credentials?: RequestCredentials;
};

/** What `register` takes: `friendlyName` (1 to 64 characters) is the passkey's name, `signal` ends all of it. */
export type RegisterInput = { friendlyName?: string | undefined; signal?: AbortSignal | undefined };

/** What `authenticate` takes: with `immediate` only a passkey on this device counts, and the answer comes at once. */
export type AuthenticateInput = { signal?: AbortSignal | undefined; immediate?: boolean | undefined };

/** A passkey that Verify has verified. `dateCreated` is ISO 8601. */
export type Factor = {
  sid: string;
  status: 'verified';
  identity?: string;
  entitySid?: string;
  friendlyName?: string;
  dateCreated?: string;
};

/** A sign-in that Verify has approved. `dateCreated` is ISO 8601. */
export type Challenge = {
  sid: string;
  status: 'approved';
  identity?: string;
  entitySid?: string;
  factorSid?: string;
  dateCreated?: string;
};

/** The ceremonies of one relay. */
export type Passkeys = {
  /**
   * Makes a passkey for the user who is signed in to the app.
   *
   * @throws PasskeyError
   * @see https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
   */
  register(input?: RegisterInput): Promise<Factor>;
  /**
   * Signs somebody in with a passkey.
   *
   * @throws PasskeyError
   * @see https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
   */
  authenticate(input?: AuthenticateInput): Promise<Challenge>;
};

/**
 * Makes the ceremonies of one relay. Touches nothing of the browser, so it may run on a server too.
 *
 * @throws TypeError at once, naming the option, where one is missing or malformed.
 */
export function createPasskeys(config: PasskeysConfig): Passkeys {
  demandConfig(config);
  const send = createTransport(config);

  return {
    register: ({ friendlyName, signal } = {}) =>
      takeTurn(signal, async (turn) => {
        const options = await begin(
          send,
          'register',
          friendlyName ? { friendly_name: friendlyName } : {},
          turn,
        );
        const credential = await create(options, turn);
        await check('register', credential, expect(options.challenge, options.rp.id));
        const answer = await finish(send, 'register', credential, signal);
        return readFactor(answer);
      }),

    authenticate: ({ signal, immediate = false } = {}) =>
      takeTurn(signal, async (turn) => {
        const options = await begin(send, 'authenticate', {}, turn);
        const credential = await get(options, turn, { immediate });
        await check('authenticate', credential, expect(options.challenge, options.rpId));
        const answer = await finish(send, 'authenticate', credential, signal);
        return readChallenge(answer);
      }),
  };
}

async function begin<S extends Step>(
  send: Send,
  step: S,
  json: object,
  signal: AbortSignal,
): Promise<OptionsOf<S>> {
  return demandOptions(step, await send({ route: ceremony[step].begin, json }, signal));
}

/** Judges exactly what will leave. The explanations load only when there is something to explain. */
async function check(
  step: Step,
  credential: RegistrationCredential | AuthenticationCredential,
  expected: Expected,
) {
  if (judge(step, credential, expected).length === 0) return;
  const { explain } = await import('../contract/explain.ts');
  const { issues } = explain(step, credential, expected);
  const [{ message, fix }] = issues as [(typeof issues)[0]];
  throw new PasskeyError('invalid_credential', `Nothing was sent: ${message} ${fix}`, { issues });
}

/** A page knows its own origin; the options name the relying party, or leave it to be the page's domain. */
function expect(challenge: string, rpId = location.hostname): Expected {
  return { challenge, rpId, origin: location.origin };
}

function finish(send: Send, step: Step, json: object, signal: AbortSignal | undefined): Promise<unknown> {
  return send({ route: ceremony[step].finish, json }, signal);
}

function readFactor(answer: unknown): Factor {
  const factor = v.safeParse(FactorAnswer, answer);
  if (!factor.success || factor.output.status !== 'verified') throw invalidAnswer('register');
  const {
    sid,
    status,
    identity,
    entity_sid: entitySid,
    friendly_name: friendlyName,
    date_created,
  } = factor.output;
  return defined({ sid, status, identity, entitySid, friendlyName, dateCreated: date_created });
}

function readChallenge(answer: unknown): Challenge {
  const challenge = v.safeParse(ChallengeAnswer, answer);
  if (!challenge.success || challenge.output.status !== 'approved') throw invalidAnswer('authenticate');
  const {
    sid,
    status,
    identity,
    entity_sid: entitySid,
    factor_sid: factorSid,
    date_created,
  } = challenge.output;
  return defined({ sid, status, identity, entitySid, factorSid, dateCreated: date_created });
}

function invalidAnswer(step: Step): PasskeyError {
  const { finish, resource, done } = ceremony[step];
  return new PasskeyError('invalid_response', `${finish}: expected a ${resource} with status "${done}".`);
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its undefined members: absent is absent. */
function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function demandConfig(config: PasskeysConfig): void {
  const { baseUrl, fetch, timeout, headers, credentials } = config ?? {};
  const demand = (holds: boolean, option: string, expected: string) => {
    if (!holds) throw new TypeError(`createPasskeys: ${option} must be ${expected}`);
  };
  demand(
    typeof baseUrl === 'string' && baseUrl !== '',
    'baseUrl',
    "the relay's address or path, such as /passkeys",
  );
  demand(fetch === undefined || typeof fetch === 'function', 'fetch', 'a function');
  demand(
    timeout === undefined || (Number.isInteger(timeout) && timeout > 0 && timeout < 2 ** 31),
    'timeout',
    'milliseconds from 1 to 2147483647',
  );
  demand(
    headers === undefined || ['object', 'function'].includes(typeof headers),
    'headers',
    'headers or a function',
  );
  demand(
    credentials === undefined || ['omit', 'same-origin', 'include'].includes(credentials),
    'credentials',
    'omit, same-origin or include',
  );
}
