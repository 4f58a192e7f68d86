/** Removes secrets from Verify's messages and from the errors of fetch, a store and the app. */
import { isThrown, readMember } from '../contract/thrown.ts';

/** The text without these secrets and without account or key SIDs. */
export function redact(text: string, secrets: readonly string[]): string {
  // The longest first, since one secret may be a part of another.
  const sorted = [...secrets].sort((a, b) => b.length - a.length);
  const bare = sorted.reduce((all, secret) => all.replaceAll(secret, '…'), text);
  return bare.replace(/\b(AC|SK)[0-9a-f]{32}/gi, '$1…');
}

/** The shortest text of a call that is a secret: a shorter one would be found inside other words. */
const minCharacters = 8;

/** What no log may hold of a call: the values of its cookies, its Authorization, and the credential in its body. */
export function findPrivateTexts({ headers }: Request, body: unknown): string[] {
  const cookies = (headers.get('cookie') ?? '').split(/; */).map((pair) => pair.slice(pair.indexOf('=') + 1));
  const authorization = (headers.get('authorization') ?? '').split(' ');
  const texts = [...cookies, ...cookies.map(decode), ...authorization, ...findBytes(body)];
  return texts.filter((text) => text.length >= minCharacters);
}

/** The app may have decoded the cookie that its error quotes. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The bytes in a body, base64url. A passkey's nickname is shorter, or has other characters. */
function findBytes(value: unknown): string[] {
  if (typeof value === 'string') return /^[\w-]{16,}$/.test(value) ? [value] : [];
  return Object.values(Object(value)).flatMap(findBytes);
}

/** The platform's own classes. A class of somebody else's may have members that show more than its instances hold. */
const platform: unknown[] = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  DOMException,
].map((type) => type.prototype);

/** How deep the causes of an error are read, and how many errors of one that holds several. */
const maxDepth = 4;
const maxErrors = 10;

/**
 * Returns what was thrown as the log may have it. An error of the platform's that holds only plain values is returned
 * itself. Any other error, and an object with a message, is copied: its name, message, stack, code and cause. What is
 * not a text there is left out. Never throws, whatever was thrown.
 */
export function withoutSecrets(thrown: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof thrown === 'string') return redact(thrown, secrets);
  if (Object(thrown) !== thrown || depth > maxDepth) return undefined;
  if (isPlain(thrown, secrets, depth)) return thrown;
  // An error of another realm, as in Jest, is not of this one's class.
  const isError = isThrown(thrown, Error) || typeof readMember(thrown, 'message') === 'string';
  return isError ? copy(thrown, secrets, depth) : undefined;
}

/** Whether it is an error of the platform's that holds plain values only, hidden ones included, and no secret. */
function isPlain(thrown: unknown, secrets: readonly string[], depth: number): boolean {
  if (Object(thrown) !== thrown) return typeof thrown !== 'string' || redact(thrown, secrets) === thrown;
  if (depth > maxDepth) return false;
  try {
    // Whatever it is, its members are read as those of an Error, and judged.
    const error = thrown as Error;
    if (!platform.includes(Object.getPrototypeOf(error))) return false;
    // A DOMException's name and message are not its own members.
    const said = [error.name, error.message, error.stack ?? ''];
    if (!said.every((text) => typeof text === 'string' && isPlain(text, secrets, depth))) return false;
    return Reflect.ownKeys(error).every((key) => {
      // In some engines the stack is read by a getter of the platform's.
      const { value, get } = Object.getOwnPropertyDescriptor(error, key)!;
      const held: unknown = key === 'stack' ? error.stack : value;
      if (get && key !== 'stack') return false;
      if (key === 'cause') return isPlain(held, secrets, depth + 1);
      if (key === 'errors' && Array.isArray(held)) {
        return held.length <= maxErrors && held.every((each) => isPlain(each, secrets, depth + 1));
      }
      if (typeof key === 'symbol' || Object(held) === held) return false;
      return isPlain(key, secrets, depth) && isPlain(held, secrets, depth);
    });
  } catch {
    return false;
  }
}

function copy(thrown: unknown, secrets: readonly string[], depth: number): Error {
  const textOf = (name: string): string | undefined => {
    const text = readMember(thrown, name);
    return typeof text === 'string' ? redact(text, secrets) : undefined;
  };
  const cause = withoutSecrets(readMember(thrown, 'cause'), secrets, depth + 1);
  const made = new Error(textOf('message') ?? '', cause === undefined ? undefined : { cause });
  made.name = textOf('name') ?? 'Error';
  made.stack = textOf('stack') ?? `${made.name}: ${made.message}`;
  const number = readMember(thrown, 'code');
  const code = typeof number === 'number' ? number : textOf('code');
  return code === undefined ? made : Object.assign(made, { code });
}
