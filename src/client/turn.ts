/** A browser runs one ceremony per page at a time: the last caller wins, and the one before it rejects with `aborted`. */
import type { Ceremony } from '../contract/ceremony.ts';
import { demandRunning, follow, race } from './abort.ts';
import { demandWebAuthn } from './capabilities.ts';
import { createError } from './error.ts';

/** The turn of one ceremony. */
type Turn = {
  /** Ends the ceremony. */
  controller: AbortController;
  /** Resolves when the ceremony has ended: to true if it succeeded. */
  ended: Promise<boolean>;
  /** Whether this is autofill. Any other ceremony may take the turn from it. */
  isAutofill: boolean;
  /** The turn that took over from this one. */
  next?: Turn;
};

// The turn is kept on globalThis under a symbol of our own, so that two copies of this package share it.
const key = Symbol.for('verify-passkeys.turn');
const page = globalThis as { [key]?: Turn | undefined }; // Only this file uses the symbol.

type Run<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Runs a ceremony in the page's turn. The signal that `run` gets aborts when the caller's does, or when another
 * ceremony takes the turn. `run` is called in the same task, so that a user's click still counts.
 */
export async function takeTurn<T>(
  ceremony: Ceremony,
  signal: AbortSignal | undefined,
  run: Run<T>,
): Promise<T> {
  return hold({ ceremony, signal, run, isAutofill: false }).result;
}

/**
 * Runs autofill in the page's turn: it waits for a ceremony that has the turn, lets any other take it, and comes back
 * when that ends without success. If the other succeeds, autofill ends, since nobody is left to sign in.
 */
export async function takeFreeTurn<T>(signal: AbortSignal | undefined, run: Run<T>): Promise<T> {
  let other = page[key];
  for (;;) {
    while (other && !other.isAutofill) {
      if (await race(other.ended, signal))
        throw createError('aborted', 'Another ceremony of this page succeeded.');
      other = page[key];
    }
    const { turn, result } = hold({ ceremony: 'authenticate', signal, run, isAutofill: true });
    try {
      return await result;
    } catch (error) {
      other = turn.next;
      if (!other || other.isAutofill) throw error;
    }
  }
}

function hold<T>({
  ceremony,
  signal,
  run,
  isAutofill,
}: {
  ceremony: Ceremony;
  signal: AbortSignal | undefined;
  run: Run<T>;
  isAutofill: boolean;
}): { turn: Turn; result: Promise<T> } {
  demandWebAuthn(ceremony);
  demandRunning(signal);
  const { controller, leave } = follow(signal);
  const before = page[key];
  const turn: Turn = { controller, isAutofill, ended: Promise.resolve(false) };
  page[key] = turn;
  if (before) {
    before.next = turn;
    before.controller.abort(createError('aborted', 'Another ceremony of this page took over.'));
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
