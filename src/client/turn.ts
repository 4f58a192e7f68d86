/** One ceremony at a time: a browser runs one per page, so the last caller wins and the one before is told `aborted`. */
import type { Ceremony } from '../contract/ceremony.ts';
import { demandRunning, follow, race } from './abort.ts';
import { demandWebAuthn } from './capabilities.ts';
import { PasskeyError } from './error.ts';

/** Who has the page's turn. `ended` says whether it ended well, `next` who took over, `waits` that it is autofill's. */
type Turn = { controller: AbortController; ended: Promise<boolean>; waits: boolean; next?: Turn };

// The browser's slot belongs to the page and not to a module: two copies of this package must see the same holder.
const key = Symbol.for('verify-passkeys.turn');
const page = globalThis as { [key]?: Turn | undefined };

type Run<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Runs a ceremony in the page's turn. Its signal aborts with the caller's own, or when somebody else takes the turn;
 * that of one ceremony never reaches another. `run` begins in the same task, so that a user's click still counts.
 */
export async function takeTurn<T>(
  ceremony: Ceremony,
  signal: AbortSignal | undefined,
  run: Run<T>,
): Promise<T> {
  return hold(ceremony, signal, run, false).result;
}

/**
 * Runs autofill in the page's turn: it waits for a ceremony that has the turn, lets any other take it, and comes back
 * when that ends without success. A success of another ends it, as nobody is left to sign in.
 */
export async function takeFreeTurn<T>(signal: AbortSignal | undefined, run: Run<T>): Promise<T> {
  let other = page[key];
  for (;;) {
    while (other && !other.waits) {
      if (await race(other.ended, signal))
        throw new PasskeyError('aborted', 'Another ceremony of this page succeeded.');
      other = page[key];
    }
    const { turn, result } = hold('authenticate', signal, run, true);
    try {
      return await result;
    } catch (error) {
      other = turn.next;
      if (!other || other.waits) throw error;
    }
  }
}

function hold<T>(
  ceremony: Ceremony,
  signal: AbortSignal | undefined,
  run: Run<T>,
  waits: boolean,
): { turn: Turn; result: Promise<T> } {
  demandWebAuthn(ceremony);
  demandRunning(signal);
  const { controller, leave } = follow(signal);
  const before = page[key];
  const turn: Turn = { controller, waits, ended: Promise.resolve(false) };
  page[key] = turn;
  if (before) {
    before.next = turn;
    before.controller.abort(new PasskeyError('aborted', 'Another ceremony of this page took over.'));
  }
  const result = run(controller.signal).finally(() => {
    leave();
    if (page[key] === turn) page[key] = undefined;
  });
  turn.ended = result.then(
    () => true,
    () => false,
  );
  return { turn, result };
}
