/** The events of a ceremony, one for each change at a station. */
import type { PasskeyError } from './error.ts';

/** A ceremony enters, passes or fails at a station. Contains no credential bytes and no user data. */
export type PasskeyEvent = {
  /** `register` makes a passkey, `authenticate` signs in with one. */
  ceremony: 'register' | 'authenticate';
  /**
   * How it was called.
   *
   * - `plain`: by `register` or `authenticate`
   * - `immediate`: by `authenticate({ immediate: true })`, if the browser has this mode
   * - `prepared`: by `prepareRegister` or `prepareAuthenticate`, and their `run`
   * - `autofill`: by `autofill`
   * - `upgrade`: by `upgrade`
   */
  way: 'plain' | 'autofill' | 'upgrade' | 'immediate' | 'prepared';
  /**
   * `begin` fetches the options, `ask` waits for the browser and its user, `check` judges the credential, `send` posts
   * it, `read` judges the answer. Autofill reports one `begin` and one `ask` for each pick, however often it renews its
   * options.
   */
  station: 'begin' | 'ask' | 'check' | 'send' | 'read';
  /** Each station is entered, and then passed or failed. */
  state: 'entered' | 'passed' | 'failed';
  /** Milliseconds since the station was entered. Absent when it is entered. */
  took?: number;
  /** Why it failed. The ceremony rejects with it, unless autofill goes on or `upgrade` resolves to null. */
  error?: PasskeyError;
};

/**
 * Runs a station and reports it: `runStation('ask', run)` tells that "ask" is entered, and then that it is passed or
 * failed. `run` is called in the same task, so that a user's click still counts.
 */
export type RunStation = <T>(station: PasskeyEvent['station'], run: () => T | Promise<T>) => Promise<T>;

export function createRunStation(
  ceremony: PasskeyEvent['ceremony'],
  way: PasskeyEvent['way'],
  tell: (event: PasskeyEvent) => void,
): RunStation {
  return async (station, run) => {
    const began = performance.now();
    const at = { ceremony, way, station };
    tell({ ...at, state: 'entered' });
    try {
      const value = await run();
      tell({ ...at, state: 'passed', took: performance.now() - began });
      return value;
    } catch (error) {
      // Every error of a station is a PasskeyError.
      tell({ ...at, state: 'failed', took: performance.now() - began, error: error as PasskeyError });
      throw error;
    }
  };
}
