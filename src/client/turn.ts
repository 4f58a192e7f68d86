/** One ceremony at a time: a browser runs one per page, so the last caller wins and the one before is told `aborted`. */
import { PasskeyError } from './error.ts';

/** Who has the page's turn; `ended` says whether it ended well. */
type Turn = { controller: AbortController; ended: Promise<boolean> };

// The browser's slot belongs to the page and not to a module: two copies of this package must see the same holder.
const key = Symbol.for('verify-passkeys.turn');
const page = globalThis as { [key]?: Turn | undefined };

/**
 * Runs a ceremony in the page's turn. Its signal aborts with the caller's own, or when somebody else takes the turn;
 * that of one ceremony never reaches another. `run` begins in the same task, so that a user's click still counts.
 */
export async function takeTurn<T>(
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  demandRunning(signal);
  const controller = new AbortController();
  const leave = () => controller.abort(aborted(signal!.reason));
  signal?.addEventListener('abort', leave);
  let end = (_well: boolean) => {};
  const ended = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  const turn: Turn = { controller, ended };
  page[key]?.controller.abort(new PasskeyError('aborted', 'Another ceremony of this page took over.'));
  page[key] = turn;
  let well = false;
  try {
    const result = await run(controller.signal);
    well = true;
    return result;
  } finally {
    signal?.removeEventListener('abort', leave);
    if (page[key] === turn) page[key] = undefined;
    end(well);
  }
}

/** The reason of an aborted signal as the error to throw: the caller's own stays as the cause. */
export function aborted(reason: unknown): PasskeyError {
  return reason instanceof PasskeyError
    ? reason
    : new PasskeyError('aborted', "The caller's signal aborted it.", { cause: reason });
}

export function demandRunning(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal.reason);
}
