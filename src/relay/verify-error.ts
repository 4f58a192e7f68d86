/** What Verify's errors become: a refusal that the page may see. */
import * as v from 'valibot';
import { ErrorAnswer } from '../contract/rejection.ts';
import { redact } from './redact.ts';
import { Refusal } from './refusal.ts';

/** Retry-After is seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
const waits = /^(\d{1,9}|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)$/;

/** Returns Verify's number, message and status. Errors about the relay's own account are not passed on. */
export function readVerifyError(
  { status, headers }: Response,
  answer: unknown,
  path: string,
  secrets: readonly string[],
): Refusal {
  if (status === 401) return new Refusal('misconfigured');
  const error = v.safeParse(ErrorAnswer, answer);
  const wait = headers.get('retry-after') ?? '';
  const how = { status, ...(waits.test(wait) && { headers: { 'retry-after': wait } }) };
  if (status < 400 || !error.success || typeof error.output.code !== 'number') {
    // A gateway in front of Verify may limit calls too, without Twilio's JSON.
    if (status === 429) return new Refusal(20429, { ...how, message: 'Too many requests.' });
    return new Refusal('verify_invalid_answer');
  }
  const { code, message, more_info } = error.output;
  // Under an Entity, 20404 is read as a missing Entity or Factor: it does not tell whether the Service exists.
  if (code === 20404 && path.startsWith('/Entities/')) return new Refusal('not_found');
  if (code === 20003 || code === 20404) return new Refusal('misconfigured');
  return new Refusal(code, {
    ...how,
    // Verify's message may contain the account's SID or quote the request.
    message: redact(message, secrets),
    moreInfo: more_info?.startsWith('https://www.twilio.com/') ? redact(more_info, secrets) : undefined,
  });
}
