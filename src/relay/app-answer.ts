/** Asks the app, within the deadline of the call, and reads what it answers. */

import { isThrown } from '../contract/thrown.ts';
import type { Settings } from './config.ts';
import { type Deadline, TimedOut, within } from './deadline.ts';

/** The app's functions. Those that may refuse return the headers to add, or `false`. */
export type App = Pick<Settings, 'identify'> & {
  [Hook in 'onApproved' | 'onVerified' | 'onRemove']:
    | ((...asked: Parameters<NonNullable<Settings[Hook]>>) => Promise<Headers | false>)
    | undefined;
};

export function createApp({ identify, onApproved, onVerified, onRemove }: Settings, deadline: Deadline): App {
  const ask = <T>(name: string, question: () => T) =>
    within(deadline.leftForApp(), question).catch((cause: unknown) => {
      throw isThrown(cause, TimedOut) ? new Error(`${name}() did not answer in time`, { cause }) : cause;
    });

  function read<A extends unknown[]>(name: string, hook: ((...asked: A) => unknown) | undefined) {
    if (!hook) return undefined;
    return async (...asked: A) => readAnswer(name, await ask(name, () => hook(...asked)));
  }

  return {
    identify: (...asked) => ask('identify', () => identify(...asked)),
    onApproved: read('onApproved', onApproved),
    onVerified: read('onVerified', onVerified),
    onRemove: read('onRemove', onRemove),
  };
}

/** `undefined`, `true` and headers approve; `false` refuses. Anything else is a mistake of the app, and approves nothing. */
function readAnswer(name: string, answer: unknown): Headers | false {
  if (answer === false) return false;
  if (answer === undefined || answer === true) return new Headers();
  const pairs = readPairs(answer);
  const expected = `${name}() must return headers, true, false or nothing`;
  if (!pairs)
    throw new TypeError(`${expected}, but returned ${answer === null ? 'null' : `a ${typeof answer}`}`);
  try {
    return new Headers(pairs);
  } catch {
    // The platform's error quotes the header, which may be a session.
    throw new TypeError(`${expected}, but returned headers with a malformed name or value`);
  }
}

/** The names and values of headers. A value that is no text, as in `{ approved: false }`, is none. */
function readPairs(answer: unknown): [string, string][] | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const kind = Object.prototype.toString.call(answer);
  // Another library's Headers are no instance of the platform's. An empty Set is iterable too, but it is no list.
  const isList = Array.isArray(answer) || kind === '[object Headers]';
  if (!isList && kind !== '[object Object]') return undefined;
  // Both kinds of list are iterable, which TypeScript does not learn from `isList`.
  const pairs: unknown[] = isList ? [...(answer as Iterable<unknown>)] : Object.entries(answer);
  const isPair = (pair: unknown): pair is [string, string] =>
    Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
  return pairs.every(isPair) ? pairs : undefined;
}
