/** Carries JSON to the relay and back: one call, never repeated, and every way in which it can fail has a code. */
import ky, { TimeoutError } from 'ky';
import * as v from 'valibot';
import { ErrorAnswer } from '../contract/rejection.ts';
import { aborted, within } from './abort.ts';
import type { PasskeysConfig } from './config.ts';
import { PasskeyError, type PasskeyErrorCode } from './error.ts';

/** Posts JSON to a route of the relay and gives the JSON that it answers with. */
export type Send = (call: Call, signal: AbortSignal | undefined) => Promise<unknown>;

type Call = { method?: 'GET' | 'POST' | 'DELETE'; route: string; json?: unknown };

export function createTransport(config: PasskeysConfig): Send {
  const { baseUrl, timeout = 10_000, credentials = 'same-origin', headers, fetch } = config;
  const relay = ky.create({
    prefix: baseUrl,
    timeout,
    totalTimeout: timeout,
    // A Challenge is approved once: a call that may have arrived is never sent again.
    retry: 0,
    throwHttpErrors: false,
    credentials,
    // Looked up at each call, as a page may replace it; called bare, since fetch refuses another `this`.
    fetch: (input, init) => (fetch ?? globalThis.fetch)(input, init),
  });

  return async ({ method = 'POST', route, json }, signal) => {
    try {
      const own = typeof headers === 'function' ? await inTime(headers, timeout, signal) : headers;
      const sent = new Headers(own);
      sent.set('accept', 'application/json');
      const pending = relay(route, {
        method,
        headers: sent,
        ...(json !== undefined && { json }),
        ...(signal && { signal }),
      });
      const text = await pending.text();
      return read(route, await pending, text);
    } catch (cause) {
      if (cause instanceof PasskeyError) throw cause;
      if (signal?.aborted) throw aborted(signal.reason);
      if (cause instanceof TimeoutError) {
        throw new PasskeyError('timed_out', `${route}: the relay did not answer within ${timeout} ms.`, {
          cause,
        });
      }
      const message = `${route}: no answer from ${baseUrl}; the network, the address or CORS may be at fault.`;
      throw new PasskeyError('unreachable', message, { cause });
    }
  };
}

/** The headers that the caller makes, waited for no longer than an answer. */
async function inTime(
  make: () => HeadersInit | Promise<HeadersInit>,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<HeadersInit> {
  const late = () => new PasskeyError('timed_out', `headers() gave nothing within ${timeout} ms.`);
  const failed = (cause: unknown) =>
    new PasskeyError('unreachable', 'headers() failed, so that nothing was sent.', { cause });
  return within({ timeout, signal, late, failed }, () => make());
}

function read(route: string, response: Response, text: string): unknown {
  const { status } = response;
  let answer: unknown;
  let cause: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  if (response.ok && cause === undefined) return answer;
  const error = v.safeParse(ErrorAnswer, answer);
  const rejection = error.success ? toRejection(error.output, status) : undefined;
  const retryAfter = status === 429 ? toSeconds(response.headers.get('retry-after')) : undefined;
  const said = rejection ? `${rejection.code} ${rejection.message}` : `HTTP ${status}`;
  const [code, what] = toFailure(response, rejection !== undefined);
  throw new PasskeyError(code, `${route}: ${what} (${said}).`, { cause, rejection, retryAfter });
}

function toFailure(
  { status, ok, headers }: Response,
  isError: boolean,
): [code: PasskeyErrorCode, what: string] {
  if (status === 401) return ['not_signed_in', 'nobody is signed in'];
  if (status === 429) return ['rate_limited', 'too many requests'];
  if (isError && !ok) return ['rejected', 'rejected'];
  return ['invalid_response', `expected JSON of the relay, got ${headers.get('content-type')}`];
}

function toRejection({ code, message, more_info }: v.InferOutput<typeof ErrorAnswer>, status: number) {
  return { code, message, status, ...(more_info !== undefined && { moreInfo: more_info }) };
}

/** Retry-After is seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function toSeconds(header: string | null): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
