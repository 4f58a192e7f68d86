/** Carries JSON to the relay and back. A call is never repeated, and every way in which it can fail has a code. */
import ky, { TimeoutError } from 'ky';
import { parse } from '../contract/json.ts';
import { isThrown } from '../contract/thrown.ts';
import { aborted, within } from './abort.ts';
import type { PasskeysConfig } from './config.ts';
import { createError, isPasskeyError } from './error.ts';
import type { Load } from './load.ts';

/** Sends JSON to a route of the relay and resolves with the JSON of its answer, or null if it has no content. */
export type Send = (call: RelayCall, signal: AbortSignal | undefined) => Promise<unknown>;

type RelayCall = {
  method?: 'GET' | 'POST' | 'DELETE';
  route: string;
  query?: Record<string, string>;
  json?: unknown;
};

export function createTransport(config: PasskeysConfig, load: Load): Send {
  const { baseUrl, timeout = 10_000, credentials = 'same-origin', headers, fetch } = config;
  const relay = ky.create({
    prefix: baseUrl,
    timeout,
    totalTimeout: timeout,
    // A Challenge is approved once: a call that may have arrived is never sent again.
    retry: 0,
    throwHttpErrors: false,
    credentials,
    // fetch is looked up at each call, since a page may replace it. As a method it would throw "Illegal invocation".
    fetch: (input, init) => (fetch ?? globalThis.fetch)(input, init),
  });

  return async ({ method = 'POST', route, query = {}, json }, signal) => {
    try {
      const own = typeof headers === 'function' ? await makeHeaders(headers, timeout, signal) : headers;
      const sent = new Headers(own);
      sent.set('accept', 'application/json');
      // Frameworks take a call that changes something and names no type for a form of another site, even a DELETE.
      if (method !== 'GET') sent.set('content-type', 'application/json');
      const pending = relay(route, {
        method,
        searchParams: query,
        headers: sent,
        // A list of passkeys from a cache may be older than the passkeys of this browser.
        cache: 'no-store',
        ...(json !== undefined && { json }),
        ...(signal && { signal }),
      });
      const text = await pending.text();
      const response = await pending;
      // A back end of one's own may answer a removal without a body, as Verify does.
      const answer = response.status === 204 ? null : parse(text);
      if (response.ok && answer !== undefined) return answer;
      // Saves 1,700 bytes at first load, by `npm run size` in Vite.
      const { toError } = await load(() => import('./refused.ts'), signal);
      throw toError(route, response, text);
    } catch (cause) {
      if (isPasskeyError(cause)) throw cause;
      if (signal?.aborted) throw aborted(signal.reason);
      // The caller's fetch may throw anything.
      if (isThrown(cause, TimeoutError)) {
        throw createError('timed_out', `${route}: the relay did not answer within ${timeout} ms.`, {
          cause,
        });
      }
      const message = `${route}: no answer from ${baseUrl}; the network, the address or CORS may be at fault.`;
      throw createError('unreachable', message, { cause });
    }
  };
}

/** The headers that the caller's function makes. It may take as long as an answer. */
async function makeHeaders(
  make: () => HeadersInit | Promise<HeadersInit>,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<HeadersInit> {
  const timedOut = () => createError('timed_out', `headers() returned nothing within ${timeout} ms.`);
  const failed = (cause: unknown) =>
    createError('unreachable', 'headers() failed: nothing was sent.', { cause });
  return within({ timeout, signal, timedOut, failed }, () => make());
}
