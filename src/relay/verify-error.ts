/** What Verify's errors become: a refusal that the page may see. */
import * as v from 'valibot';
import { findAccountFault } from '../contract/account-fault.ts';
import { ErrorAnswer } from '../contract/rejection.ts';
import { redact } from './redact.ts';
import { Refusal } from './refusal.ts';

/** Retry-After is seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
const retryAfterPattern = /^(\d{1,9}|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)$/;

/** Returns Verify's number, message and status. Errors about the relay's own account are not passed on. */
export function readVerifyError(
  { status, headers }: Response,
  answer: unknown,
  path: string,
  secrets: readonly string[],
): Refusal {
  const error = v.safeParse(ErrorAnswer, answer);
  const code = error.success && typeof error.output.code === 'number' ? error.output.code : undefined;
  const wait = headers.get('retry-after') ?? '';
  const given = { status, ...(retryAfterPattern.test(wait) && { headers: { 'retry-after': wait } }) };
  if (status < 400) return new Refusal('verify_invalid_answer');
  // Under an Entity, 20404 is read as a missing Entity or Factor: it does not tell whether the Service exists.
  if (code === 20404 && status !== 401 && path.startsWith('/Entities/')) return new Refusal('not_found');
  if (findAccountFault(status, code)) {
    const note = error.success
      ? `Verify said: ${error.output.code} ${redact(error.output.message, secrets)}`
      : `HTTP ${status}`;
    return new Refusal('misconfigured', { note });
  }
  if (!error.success || code === undefined) {
    // A gateway in front of Verify may limit calls too, without Twilio's JSON.
    if (status === 429) return new Refusal(20429, { ...given, message: 'Too many requests.' });
    return new Refusal('verify_invalid_answer');
  }
  const { message, more_info } = error.output;
  return new Refusal(code, {
    ...given,
    // Verify's message may contain the account's SID or quote the request.
    message: redact(message, secrets),
    moreInfo: more_info?.startsWith('https://www.twilio.com/') ? redact(more_info, secrets) : undefined,
  });
}
