/** What a ceremony tells of itself as it passes its stations. */
import type { PasskeyError } from './error.ts';

/** A ceremony enters, passes or fails at a station. Holds no credential bytes and nothing of the user. */
export type PasskeyEvent = {
  /** `register` makes a passkey, `authenticate` signs in with one. */
  ceremony: 'register' | 'authenticate';
  /** How it was called: `prepared` by `run()`, `plain` by `register` or `authenticate`, the others by their own name. */
  way: 'plain' | 'autofill' | 'upgrade' | 'immediate' | 'prepared';
  /**
   * `begin` fetches the options, `ask` waits for the browser and its user, `check` judges the credential, `send` posts
   * it, `read` judges the answer. Autofill tells of one begin and one wait, however often it renews its options.
   */
  station: 'begin' | 'ask' | 'check' | 'send' | 'read';
  /** Each station is entered, and then passed or failed. */
  state: 'entered' | 'passed' | 'failed';
  /** Milliseconds since the station was entered. Absent where it is entered now. */
  took?: number;
  /** Why it failed: what the ceremony rejects with, unless it goes on (autofill) or gives null (`upgrade`). */
  error?: PasskeyError;
};

/** Runs a station and tells of it. `run` is called in the same task, so that a user's click still counts. */
export type Pass = <T>(station: PasskeyEvent['station'], run: () => T | Promise<T>) => Promise<T>;

export function createPass(
  ceremony: PasskeyEvent['ceremony'],
  way: PasskeyEvent['way'],
  tell: (event: PasskeyEvent) => void,
): Pass {
  return async (station, run) => {
    const began = performance.now();
    const at = { ceremony, way, station };
    tell({ ...at, state: 'entered' });
    try {
      const value = await run();
      tell({ ...at, state: 'passed', took: performance.now() - began });
      return value;
    } catch (error) {
      // Whatever a station throws is a PasskeyError.
      tell({ ...at, state: 'failed', took: performance.now() - began, error: error as PasskeyError });
      throw error;
    }
  };
}
