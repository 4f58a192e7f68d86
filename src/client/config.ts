/** The options of createPasskeys: where the relay is and how to reach it. */

import { expectedTimeout, isTimeout } from '../contract/timeout.ts';
import type { PasskeyEvent } from './event.ts';

/** How to reach the relay. */
export type PasskeysConfig = {
  /** Where the relay's routes begin: an address, or a path such as `/passkeys`. */
  baseUrl: string;
  /**
   * The function that sends the calls.
   *
   * @default globalThis.fetch, looked up at each call
   */
  fetch?: typeof globalThis.fetch;
  /**
   * Milliseconds to wait for each answer of the relay: 1 to 2147483647.
   *
   * @default 10000
   */
  timeout?: number;
  /** Headers for each call, or a function that makes them: for an anti-forgery token, for example. */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /**
   * Whether calls send cookies, which the relay needs. Set `include` for a relay on another origin of the same site.
   *
   * @default 'same-origin'
   */
  credentials?: RequestCredentials;
  /**
   * Called when a ceremony enters, passes or fails at a station, in the same task: for a sign-in funnel or a log.
   * Whatever it throws is ignored.
   */
  onEvent?: (event: PasskeyEvent) => void;
};

export function demandConfig(config: PasskeysConfig): void {
  const { baseUrl, fetch, timeout = 1, headers = {}, credentials = 'omit', onEvent } = config ?? {};
  demand(
    typeof baseUrl === 'string' && baseUrl,
    "baseUrl must be the relay's address or path, such as /passkeys",
  );
  demand(!fetch || typeof fetch === 'function', 'fetch must be a function');
  demand(isTimeout(timeout), `timeout must be ${expectedTimeout}`);
  demand(/^(object|function)$/.test(typeof headers), 'headers must be an object or a function');
  demand(
    /^(omit|same-origin|include)$/.test(credentials),
    'credentials must be omit, same-origin or include',
  );
  demand(!onEvent || typeof onEvent === 'function', 'onEvent must be a function');
}

function demand(isMet: unknown, what: string): void {
  if (!isMet) throw new TypeError(`createPasskeys: ${what}`);
}
