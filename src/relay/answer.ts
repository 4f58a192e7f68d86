/** What the page gets: every answer of the relay. And what the operator's log gets about a refusal. */

import { isThrown } from '../contract/thrown.ts';
import type { Settings } from './config.ts';
import { findPrivateTexts, redact, withoutSecrets } from './redact.ts';
import { Refusal, type RelayCode, refusals } from './refusal.ts';
import type { Trace } from './verify.ts';

/** A JSON answer with these fields. JSON leaves out those that are undefined. */
export function reply(status: number, body: object, headers?: HeadersInit): Response {
  const all = new Headers(headers);
  all.set('content-type', 'application/json');
  all.set('cache-control', 'no-store');
  return new Response(JSON.stringify(body), { status, headers: all });
}

/** What `onRefused` gets for each refusal, for the operator's log. Contains no secret, cookie or credential. */
export type Refused = {
  /**
   * One of the relay's own codes, or Twilio's number. `app_error` is never sent to a page: it means an error that
   * `identify`, `onApproved`, `onVerified` or `onRemove` threw, or that the relay did not expect.
   */
  code: RelayCode | 'app_error' | number;
  /** The HTTP status that the page gets, 400 to 599. */
  status: number;
  /**
   * The page's message in one or two sentences, and details for the operator only, such as the allowed origins. Of a
   * `not_allowed` it says which function refused, and whether a refused passkey could be deleted at Verify. Of an
   * `app_error` the `cause` is what the function threw, or says that it did not answer in time.
   */
  message: string;
  /**
   * The error that caused it, if any: from `fetch`, `storage`, the body or the app's own function. If it holds a secret,
   * or anything that is not plain, this is a copy without it: the name, message, stack, code and cause.
   */
  cause?: unknown;
  /** The `Twilio-Request-Id` (`RQ…`) of Verify's last answer in this call. Twilio's support finds the call by it. */
  requestId?: string;
};

/**
 * Answers a refusal as `{ code, message, status, more_info?, issues? }` and rethrows other errors. Calls `onRefused`.
 */
export function answerError(
  error: unknown,
  request: Request,
  { onRefused, secrets }: Settings,
  { requestId, body }: Trace,
): Response {
  // An error in the log, now or later, must not change the page's answer.
  const tell = async (refused: Refused, reason: unknown) => {
    if (!onRefused) return;
    const hidden = [...secrets, ...findPrivateTexts(request, body)];
    const cause = withoutSecrets(reason, hidden);
    await onRefused(
      {
        ...refused,
        message: redact(refused.message, hidden),
        ...(cause !== undefined && { cause }),
        ...(requestId !== undefined && { requestId }),
      },
      request,
    );
  };
  if (!isThrown(error, Refusal)) {
    const message =
      'identify, onApproved, onVerified or onRemove threw an error, which is thrown on to the server.';
    tell({ code: 'app_error', status: 500, message }, error).catch(() => {});
    throw error;
  }
  const { code, details } = error;
  const cause = isThrown(error.cause, Refusal) ? error.cause.cause : error.cause;
  const [status, general] = typeof code === 'string' ? refusals[code] : [details.status ?? 400, ''];
  const message = details.message ?? general;
  const logged = details.note ? `${message} ${details.note}` : message;
  tell({ code, status, message: logged }, cause).catch(() => {});
  return reply(
    status,
    { code, message, status, more_info: details.moreInfo, issues: details.issues },
    details.headers,
  );
}
