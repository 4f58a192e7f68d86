/** Removes the account's secrets from Verify's messages and from the errors of fetch, a store and the app. */
import { isThrown, readMember } from './thrown.ts';

/** The text without the relay's secrets and without account or key SIDs. */
export function redact(text: string, secrets: readonly string[]): string {
  const bare = secrets.reduce((all, secret) => all.replaceAll(secret, '…'), text);
  return bare.replace(/\b(AC|SK)[0-9a-f]{32}/gi, '$1…');
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
 * itself. Of any other there is a copy with its name, message, stack, code and cause; what is no text is left out.
 * Never throws, whatever was thrown.
 */
export function withoutSecrets(thrown: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof thrown === 'string') return redact(thrown, secrets);
  if (!isThrown(thrown, Error) || depth > maxDepth) return undefined;
  return isPlain(thrown, secrets, depth) ? thrown : copy(thrown, secrets, depth);
}

/** Whether it is an error of the platform's that holds plain values only, hidden ones included, and no secret. */
function isPlain(thrown: unknown, secrets: readonly string[], depth: number): boolean {
  if (Object(thrown) !== thrown) return typeof thrown !== 'string' || redact(thrown, secrets) === thrown;
  if (depth > maxDepth) return false;
  try {
    const error = thrown as Error;
    if (!platform.includes(Object.getPrototypeOf(error))) return false;
    return Reflect.ownKeys(error).every((key) => {
      // In some engines the stack is read by a getter of the platform's.
      const { value, get } = Object.getOwnPropertyDescriptor(error, key)!;
      const held: unknown = key === 'stack' ? error.stack : value;
      if (get && key !== 'stack') return false;
      if (key === 'name' || key === 'message' || key === 'stack') {
        return typeof held === 'string' && isPlain(held, secrets, depth);
      }
      if (key === 'cause') return isPlain(held, secrets, depth + 1);
      if (key === 'errors' && Array.isArray(held)) {
        return held.length <= maxErrors && held.every((each) => isPlain(each, secrets, depth + 1));
      }
      return Object(held) !== held && typeof key === 'string' && isPlain(held, secrets, depth);
    });
  } catch {
    return false;
  }
}

function copy(thrown: Error, secrets: readonly string[], depth: number): Error {
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
