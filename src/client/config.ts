/** What createPasskeys is told once: where the relay is and how to reach it. */

/** How to reach the relay. */
export type PasskeysConfig = {
  /** Where the relay's routes begin: an address, or a path such as `/passkeys`. */
  baseUrl: string;
  /** @default globalThis.fetch, looked up at each call */
  fetch?: typeof globalThis.fetch;
  /**
   * Milliseconds to wait for each answer of the relay: 1 to 2147483647.
   *
   * @default 10000
   */
  timeout?: number;
  /** Headers for each call, or what makes them: an anti-forgery token, say. */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /**
   * `include` for a relay on another origin of the same site.
   *
   * @default 'same-origin'
   */
  credentials?: RequestCredentials;
};

export function demandConfig(config: PasskeysConfig): void {
  const { baseUrl, fetch, timeout, headers, credentials } = config ?? {};
  const milliseconds =
    timeout === undefined || (Number.isInteger(timeout) && timeout > 0 && timeout < 2 ** 31);
  demand(
    typeof baseUrl === 'string' && baseUrl !== '',
    'baseUrl',
    "the relay's address or path, such as /passkeys",
  );
  demand(fetch === undefined || typeof fetch === 'function', 'fetch', 'a function');
  demand(milliseconds, 'timeout', 'milliseconds from 1 to 2147483647');
  demand(
    headers === undefined || /^(object|function)$/.test(typeof headers),
    'headers',
    'headers or a function',
  );
  demand(
    credentials === undefined || ['omit', 'same-origin', 'include'].includes(credentials),
    'credentials',
    'omit, same-origin or include',
  );
}

function demand(holds: boolean, option: string, expected: string): void {
  if (!holds) throw new TypeError(`createPasskeys: ${option} must be ${expected}`);
}
