/** What an exception of the browser means. */
import type { Ceremony } from '../contract/ceremony.ts';
import { createError, type PasskeyError, type PlainCode } from './error.ts';
import { createLoad } from './load.ts';

/** The code of an exception, and the beginning of its message, which ends with the browser's words. */
export type Meaning = readonly [code: PlainCode, message: string];

/** What the browser was asked for. */
type RefusedCall = {
  ceremony: Ceremony;
  /** What the options require of the authenticator. */
  criteria: object | undefined;
  /** Whether only a passkey of this device was asked for. */
  isImmediate?: boolean;
};

/** Turns what `create` or `get` threw into an error that keeps the browser's words. */
export async function readException(call: RefusedCall, cause: unknown): Promise<PasskeyError> {
  const { ceremony, criteria = {}, isImmediate } = call;
  const [name, said] = describe(cause);
  const [code, meaning] =
    (await findByWords(ceremony, name, said)) ??
    findByName(isImmediate ? { ...byName, ...byNameIfImmediate } : byName, ceremony, name);
  const wishes = Object.entries(criteria).flatMap(([wish, value]) =>
    value == null ? [] : `${wish} ${value}`,
  );
  const which = meaning.endsWith(beyond) && wishes.length > 0 ? ` (${wishes.join(', ')})` : '';
  return createError(code, `${meaning}${which}: ${said}`, { cause });
}

/** The exceptions whose name alone may mislead. */
const ambiguous = ['NotAllowedError', 'InvalidStateError', 'OperationError'];

/** Waits at most a second: the user waits to hear what went wrong. */
const load = createLoad(1000);

async function findByWords(ceremony: Ceremony, name: string, said: string): Promise<Meaning | undefined> {
  if (!ambiguous.includes(name)) return undefined;
  // Without this part the name decides.
  const words = await load(() => import('./exception-words.ts')).catch(() => undefined);
  return words?.findMeaning(ceremony, name, said);
}

function findByName(meanings: Record<string, Meaning>, ceremony: Ceremony, name: string): Meaning {
  const isKnown =
    Object.hasOwn(meanings, name) && !(name === 'InvalidStateError' && ceremony === 'authenticate');
  // isKnown says that it is there.
  return isKnown ? meanings[name]! : ['authenticator_failed', 'The browser or the authenticator failed'];
}

/** The end of each meaning that may blame what the options require. */
const beyond = 'authenticator here can do what the options ask';

/**
 * An AbortError comes from the browser itself here, since our signals end the wait before it. Firefox throws it when
 * the user closes the prompt.
 * https://www.w3.org/TR/webauthn-3/#sctn-op-make-cred and https://www.w3.org/TR/webauthn-3/#sctn-op-get-assertion
 */
const byName: Record<string, Meaning> = {
  // Chromium says it of a security key that cannot store the passkey too.
  NotAllowedError: ['cancelled', `The prompt was closed or refused, no passkey was found, or no ${beyond}`],
  AbortError: ['cancelled', 'The browser closed the prompt'],
  InvalidStateError: ['already_registered', 'This authenticator holds a passkey of this user already'],
  NotSupportedError: ['unsupported', `No ${beyond}`],
  ConstraintError: ['unsupported', `No ${beyond}`],
  SecurityError: [
    'wrong_relying_party',
    "The relying party id is neither the page's domain nor a parent of it",
  ],
};

const notHere: Meaning = [
  'no_credential',
  'This device has no passkey for this page, the offer was closed, or the window is private: offer another way',
];

const byNameIfImmediate: Record<string, Meaning> = { NotAllowedError: notHere, AbortError: notHere };

/** The name and message of whatever was thrown. An extension may throw anything, even a value that cannot be read. */
function describe(thrown: unknown): [name: string, message: string] {
  try {
    const { name = '', message = thrown }: { name?: unknown; message?: unknown } = thrown ?? {};
    return [`${name}`, `${message}`];
  } catch {
    return ['', 'what it threw cannot be read'];
  }
}
