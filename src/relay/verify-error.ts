/** What Verify's errors become: a refusal that the page may see. */
import * as v from 'valibot';
import { ErrorAnswer } from '../contract/rejection.ts';
import { redact } from './redact.ts';
import { Refusal } from './refusal.ts';

/** Retry-After is seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
const waits = /^(\d{1,9}|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)$/;

/**
 * Twilio's numbers that say that the account, its key or its Service is at fault, whatever the HTTP status: wrong
 * credentials, a closed or suspended account, a key without the permission, a feature that the account lacks. None of
 * them says anything about the user's passkey. https://www.twilio.com/docs/api/errors
 */
const accountFaults = [
  20003, 20005, 20006, 20008, 20403, 20404, 60204, 60361, 60363, 60371, 60372, 60432, 70051, 575001,
];

/** Returns Verify's number, message and status. Errors about the relay's own account are not passed on. */
export function readVerifyError(
  { status, headers }: Response,
  answer: unknown,
  path: string,
  secrets: readonly string[],
): Refusal {
  const error = v.safeParse(ErrorAnswer, answer);
  const wait = headers.get('retry-after') ?? '';
  const how = { status, ...(waits.test(wait) && { headers: { 'retry-after': wait } }) };
  const said = error.success
    ? `Verify said: ${error.output.code} ${redact(error.output.message, secrets)}`
    : `HTTP ${status}`;
  if (status === 401) return new Refusal('misconfigured', { note: said });
  if (status < 400 || !error.success || typeof error.output.code !== 'number') {
    // A gateway in front of Verify may limit calls too, without Twilio's JSON.
    if (status === 429) return new Refusal(20429, { ...how, message: 'Too many requests.' });
    return new Refusal('verify_invalid_answer');
  }
  const { code, message, more_info } = error.output;
  // Under an Entity, 20404 is read as a missing Entity or Factor: it does not tell whether the Service exists.
  if (code === 20404 && path.startsWith('/Entities/')) return new Refusal('not_found');
  if (accountFaults.includes(code)) return new Refusal('misconfigured', { note: said });
  return new Refusal(code, {
    ...how,
    // Verify's message may contain the account's SID or quote the request.
    message: redact(message, secrets),
    moreInfo: more_info?.startsWith('https://www.twilio.com/') ? redact(more_info, secrets) : undefined,
  });
}
