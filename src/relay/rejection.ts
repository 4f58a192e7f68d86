/** Reads how Verify says no; loads when it does. */
import * as v from 'valibot';
import { ErrorAnswer } from '../contract/rejection.ts';
import { Refusal } from './refusal.ts';

/** What Verify rejects keeps its number, words and status; what is about the relay itself stays here. */
export function refuse(response: Response, answer: unknown, path: string): never {
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
