/** Turns a refusal, or an answer that is not the relay's JSON, into an error, and says which refusals are for good. */
import * as v from 'valibot';
import { isFinal } from '../contract/final-refusal.ts';
import { ErrorAnswer } from '../contract/rejection.ts';
import { createError, isPasskeyError, type PasskeyError } from './error.ts';

export function toError(route: string, response: Response, text: string): PasskeyError {
  const { status, headers } = response;
  let answer: unknown;
  let cause: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  const read = v.safeParse(ErrorAnswer, answer);
  const rejection = read.success ? toRejection(read.output, status) : undefined;
  const said = rejection ? `${rejection.code} ${rejection.message}` : `HTTP ${status}`;
  const say = (what: string) => `${route}: ${what} (${said}).`;
  if (status === 401) {
    // A proxy or another part of the app answers so too, in its own words.
    const unsaid = { code: 'not_signed_in', message: 'The answer says no more than 401.', status };
    return createError('not_signed_in', say('nobody is signed in'), {
      cause,
      rejection: rejection ?? unsaid,
    });
  }
  if (status === 429) {
    const retryAfter = readSeconds(headers.get('retry-after'));
    return createError('rate_limited', say('too many requests'), { cause, rejection, retryAfter });
  }
  // JSON in an answer of success never comes here.
  if (rejection) return createError('rejected', say('rejected'), { rejection });
  const type = headers.get('content-type');
  return createError('invalid_response', say(`expected JSON of the relay, got ${type}`), { cause });
}

function toRejection({ code, message, more_info }: v.InferOutput<typeof ErrorAnswer>, status: number) {
  return { code, message, status, ...(more_info !== undefined && { moreInfo: more_info }) };
}

/** Retry-After is seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function readSeconds(header: string | null): number {
  const given = header ?? '';
  const seconds = /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : 0;
}

/**
 * Whether a registration was refused for good, so that its passkey is useless: nothing was sent, or Verify or the app
 * refused the credential itself. After any other failure it may be verified, now or at a late answer.
 */
export function isRefused(error: unknown): boolean {
  if (!isPasskeyError(error)) return false;
  if (error.code === 'invalid_credential') return true;
  return error.code === 'rejected' && error.rejection.status < 500 && isFinal(error.rejection.code);
}
