/** Turns a refusal, or an answer that is not the relay's JSON, into an error, and says which refusals are for good. */
import * as v from 'valibot';
import { isFinal } from '../contract/final-refusal.ts';
import { ErrorAnswer } from '../contract/rejection.ts';
import { isPasskeyError, PasskeyError, type PasskeyErrorCode } from './error.ts';

export function toError(route: string, response: Response, text: string): PasskeyError {
  const { status } = response;
  let answer: unknown;
  let cause: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  const read = v.safeParse(ErrorAnswer, answer);
  const rejection = read.success ? toRejection(read.output, status) : undefined;
  const retryAfter = status === 429 ? toSeconds(response.headers.get('retry-after')) : undefined;
  const said = rejection ? `${rejection.code} ${rejection.message}` : `HTTP ${status}`;
  const [code, what] = toFailure(response, rejection !== undefined);
  return new PasskeyError(code, `${route}: ${what} (${said}).`, { cause, rejection, retryAfter });
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

/**
 * Whether a registration was refused for good, so that its passkey is useless: nothing was sent, or Verify or the app
 * refused the credential itself. After any other failure it may be verified, now or at a late answer.
 */
export function isRefused(error: unknown): boolean {
  if (!isPasskeyError(error)) return false;
  const { code, rejection } = error;
  if (code === 'invalid_credential') return true;
  return code === 'rejected' && rejection !== undefined && rejection.status < 500 && isFinal(rejection.code);
}
