/** Calls Verify: a new request from named parts, and an answer of which nothing is believed unchecked. */
import { readJson } from './body.ts';
import type { Settings } from './config.ts';
import { type Call, Late, within } from './deadline.ts';
import { Refusal } from './refusal.ts';

/** What is sent: JSON, a form, or nothing. `outlivesPage` says that it goes on when the page leaves. */
type Sent = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  json?: unknown;
  form?: URLSearchParams;
  outlivesPage?: boolean;
};

/** Bytes of an answer: a list of a hundred Factors is longer than anything that a page may send. */
const largest = 256 * 1024;

/** Where a Service is. Nothing else is ever called with the account's secret. */
export const addressOf = (serviceSid: string) => `https://verify.twilio.com/v2/Services/${serviceSid}`;

export type Verify = (request: Request, sent: Sent) => Promise<unknown>;

/** Twilio's name for one of its answers. */
const requestIdPattern = /^[\w-]{1,64}$/;

export function createVerify({ serviceSid, authorization, fetch, secrets }: Settings, of: Call): Verify {
  const base = addressOf(serviceSid);

  /** One call, never repeated: Verify may have acted on it. It ends with the page's own request, or at the deadline. */
  return async (request, { method, path, json, form, outlivesPage }) => {
    const type = json !== undefined && { 'content-type': 'application/json' };
    const headers = { authorization, accept: 'application/json', ...type };
    const body = json === undefined ? (form ?? null) : JSON.stringify(json);

    async function call(signal: AbortSignal): Promise<{ response: Response; answer: unknown }> {
      // A redirect would carry the account's secret elsewhere.
      const init: RequestInit = { method, headers, body, signal, redirect: 'manual' };
      const response = await fetch(`${base}${path}`, init);
      const requestId = response.headers.get('twilio-request-id') ?? '';
      if (requestIdPattern.test(requestId)) of.requestId = requestId;
      if (response.status === 204) return { response, answer: undefined };
      const answer = await readJson(response, largest, signal).catch(() => undefined);
      signal.throwIfAborted();
      return { response, answer };
    }

    // What outlives the page is never lost: a quarter of the time is left to read what became of it, and to keep that.
    const [time, page] = outlivesPage ? [0.75 * of.left(), undefined] : [of.left(), request.signal];
    const { response, answer } = await within(time, call, page).catch((cause) => {
      throw new Refusal(cause instanceof Late ? 'verify_timeout' : 'verify_unreachable', { cause });
    });
    if (response.ok) return answer;
    return (await import('./verify-error.ts')).refuse(response, answer, path, secrets);
  };
}
