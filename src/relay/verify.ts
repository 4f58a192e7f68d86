/** Calls Verify with a new request that holds only named parts, and reads the answer up to a limit. */

import { isThrown } from '../contract/thrown.ts';
import { readJson } from './body.ts';
import type { Connection } from './config.ts';
import { type Deadline, TimedOut, within } from './deadline.ts';
import { Refusal } from './refusal.ts';

/**
 * The body: JSON, a form, or nothing. With `outlivesPage` the call goes on after the page has left. With `isReadIfLost`
 * it leaves a third of its time for another call, which reads the result if the answer is lost. With `isLast` it may
 * take all the time that is left, since nothing is stored afterwards.
 */
type VerifyCall = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  json?: unknown;
  form?: URLSearchParams;
  outlivesPage?: boolean;
  isReadIfLost?: boolean;
  isLast?: boolean;
};

/** The largest answer: a list of a hundred Factors is longer than any body from a page. */
const maxAnswerBytes = 256 * 1024;

/** The address of a Service. Nothing else is ever called with the account's secret. */
export const addressOf = (serviceSid: string) => `https://verify.twilio.com/v2/Services/${serviceSid}`;

/** Whoever waits for the answer: the page's request, whose signal aborts when the page leaves. */
export type Caller = { signal: AbortSignal };

export type Verify = (caller: Caller, call: VerifyCall) => Promise<unknown>;

/** What is known of a call when it fails: the Twilio-Request-Id of Verify's last answer, and the page's body. */
export type Trace = { requestId?: string; body?: unknown };

/** The form of a Twilio-Request-Id. */
const requestIdPattern = /^[\w-]{1,64}$/;

export function createVerify(
  { serviceSid, authorization, fetch, secrets }: Connection,
  deadline: Deadline,
  trace: Trace,
): Verify {
  const base = addressOf(serviceSid);

  /**
   * Makes one call, never repeated, since Verify may have acted on it. Ends with the page's request or with
   * Verify's share of the deadline, and is not begun after that.
   */
  return async (caller, { method, path, json, form, outlivesPage, isReadIfLost, isLast }) => {
    const type = json !== undefined && { 'content-type': 'application/json' };
    const headers = { authorization, accept: 'application/json', ...type };
    const body = json === undefined ? (form ?? null) : JSON.stringify(json);

    async function call(signal: AbortSignal): Promise<{ response: Response; answer: unknown }> {
      // A redirect could send the account's secret to another server.
      const init: RequestInit = { method, headers, body, signal, redirect: 'manual' };
      const response = await fetch(`${base}${path}`, init);
      const requestId = response.headers.get('twilio-request-id') ?? '';
      if (requestIdPattern.test(requestId)) trace.requestId = requestId;
      const answer = await readJson(response, maxAnswerBytes, signal).catch(() => undefined);
      signal.throwIfAborted();
      return { response, answer };
    }

    const left = isLast ? deadline.left() : deadline.leftForVerify();
    const time = isReadIfLost ? (left * 2) / 3 : left;
    const page = outlivesPage ? undefined : caller.signal;
    const { response, answer } = await within(time, call, page).catch((cause) => {
      throw new Refusal(isThrown(cause, TimedOut) ? 'verify_timeout' : 'verify_unreachable', { cause });
    });
    if (response.ok) return answer;
    const { readVerifyError } = await import('./verify-error.ts');
    throw readVerifyError(response, answer, path, secrets);
  };
}
