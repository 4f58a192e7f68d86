/** Calls Verify: a new request from named parts, and an answer of which nothing is believed unchecked. */
import * as v from 'valibot';
import { ErrorAnswer } from '../contract/resource.ts';
import { readJson } from './body.ts';
import type { Settings } from './config.ts';
import { Late, within } from './deadline.ts';
import { Refusal } from './refusal.ts';

/** What is sent: JSON, a form, or nothing. */
type Sent = { method: 'GET' | 'POST' | 'DELETE'; path: string; json?: unknown; form?: URLSearchParams };

export type Verify = (request: Request, sent: Sent) => Promise<unknown>;

export function createVerify({ serviceSid, authorization, fetch, timeout }: Settings): Verify {
  const base = `https://verify.twilio.com/v2/Services/${serviceSid}`;

  /** One call, never repeated: Verify may have acted on it. It ends with the page's own request, or after `timeout`. */
  return async (request, { method, path, json, form }) => {
    const type = json !== undefined && { 'content-type': 'application/json' };
    const headers = { authorization, accept: 'application/json', ...type };
    const body = json === undefined ? (form ?? null) : JSON.stringify(json);

    async function call(signal: AbortSignal): Promise<unknown> {
      // A redirect would carry the account's secret elsewhere.
      const init: RequestInit = { method, headers, body, signal, redirect: 'manual' };
      const response = await fetch(new Request(`${base}${path}`, init));
      if (response.status === 204) return undefined;
      if (response.status === 401) throw new Refusal('misconfigured');
      const answer = await readJson(response, signal).catch(() => undefined);
      signal.throwIfAborted();
      return response.ok ? answer : refuse(response, answer, path);
    }

    return within(timeout, call, request.signal).catch((cause) => {
      if (cause instanceof Refusal) throw cause;
      throw new Refusal(cause instanceof Late ? 'verify_timeout' : 'verify_unreachable', { cause });
    });
  };
}

/** What Verify rejects keeps its number, words and status; what is about the relay itself stays here. */
function refuse(response: Response, answer: unknown, path: string): never {
  const error = v.safeParse(ErrorAnswer, answer);
  if (response.status < 400 || !error.success || typeof error.output.code !== 'number') {
    throw new Refusal('verify_invalid_answer');
  }
  const { code, message, more_info } = error.output;
  // Under an Entity 20404 means that the Entity or its Factor is missing, elsewhere that the Service is.
  if (code === 20404 && path.startsWith('/Entities/')) throw new Refusal('not_found');
  if (code === 20003 || code === 20404) throw new Refusal('misconfigured');
  const wait = response.headers.get('retry-after') ?? '';
  throw new Refusal(code, {
    // Verify's words may name the account or its key.
    message: message.replace(/(AC|SK)[0-9a-f]{32}/gi, '$1…'),
    status: response.status,
    moreInfo: more_info?.startsWith('https://www.twilio.com/') ? more_info : undefined,
    ...(/^\d{1,9}$/.test(wait) && { headers: { 'retry-after': wait } }),
  });
}
