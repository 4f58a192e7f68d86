/** What an exception of the browser means. */
import type { Ceremony } from '../contract/ceremony.ts';
import { sayForbidden } from './capabilities.ts';
import { createError, type PasskeyError, type PlainCode } from './error.ts';
import { createLoad } from './load.ts';

/** The code of an exception, and the beginning of its message, which ends with the browser's words. */
export type Meaning = readonly [code: PlainCode, message: string];

/** What the browser was asked for. */
export type RefusedCall = {
  ceremony: Ceremony;
  /** What the options require of the authenticator. */
  criteria: object | undefined;
  /** Whether only a passkey of this device was asked for. */
  isImmediate?: boolean;
};

/** Waits at most a second: the user waits to hear what went wrong. */
const load = createLoad(1000);

/** Turns what `create` or `get` threw into an error that keeps the browser's words. */
export async function readException(call: RefusedCall, cause: unknown): Promise<PasskeyError> {
  const [name, said] = describe(cause);
  const byName = codeOf(call, name);
  // Given, and not imported there: esbuild would write a file for what both use. Saves 288 bytes at first load.
  const forbidden = sayForbidden(call.ceremony);
  // Loads after a failure. Saves getCredential 215 bytes at first load in Vite, and 800 in Rollup and esbuild, by
  // `npm run size`. Without it the name decides the code.
  const [code, meaning] = await load(() => import('./exception-words.ts')).then(
    ({ findMeaning }) => findMeaning(call, byName, name, said, forbidden),
    (): Meaning => [byName, `The browser threw ${name || 'an exception'}`],
  );
  return createError(code, `${meaning}: ${said}`, { cause });
}

/** What the name of an exception means, if its words mean nothing else. */
function codeOf({ ceremony, isImmediate }: RefusedCall, name: string): PlainCode {
  // hasOwn says that it is there, and nothing of Object's prototype.
  const code = Object.hasOwn(codes, name) ? codes[name]! : 'authenticator_failed';
  if (isImmediate && code === 'cancelled') return 'no_credential';
  return ceremony === 'authenticate' && code === 'already_registered' ? 'authenticator_failed' : code;
}

/**
 * An AbortError comes from the browser itself here, since our signals end the wait before it. Firefox throws it when
 * the user closes the prompt.
 * https://www.w3.org/TR/webauthn-3/#sctn-op-make-cred and https://www.w3.org/TR/webauthn-3/#sctn-op-get-assertion
 */
const codes: Record<string, PlainCode> = {
  NotAllowedError: 'cancelled',
  AbortError: 'cancelled',
  InvalidStateError: 'already_registered',
  NotSupportedError: 'unsupported',
  ConstraintError: 'unsupported',
  SecurityError: 'wrong_relying_party',
};

/** The name and message of whatever was thrown. An extension may throw anything, even a value that cannot be read. */
function describe(thrown: unknown): [name: string, message: string] {
  try {
    const { name = '', message = thrown }: { name?: unknown; message?: unknown } = thrown ?? {};
    return [`${name}`, `${message}`];
  } catch {
    return ['', 'what it threw cannot be read'];
  }
}
