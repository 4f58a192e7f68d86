/** What a message can be about, and what a page can offer after it. The same in every language. */
import type { PasskeyErrorCode } from '../contract/error-code.ts';

/** A code of PasskeyError, or one of the few reasons for `rejected` that a user can do something about. */
export type Subject = PasskeyErrorCode | Reason;

type Reason = 'unknown_passkey' | 'expired' | 'not_allowed' | 'too_many_passkeys' | 'unexpected';

/** A translation: for each subject what happened, and what the user can do next. */
export type Translation = Record<Subject, readonly [what: string, next: string]> & {
  /** The advice if the time to wait is known. `when` is "in 30 seconds" in this language. */
  retry: (when: string) => string;
};

/**
 * What the page can offer next.
 *
 * - `try_again`: the button that was pressed
 * - `another_way`: another way to sign in
 * - `another_device`: another browser, phone, computer or security key
 * - `sign_in`: the sign-in page, or a sign-in with the passkey that exists already
 * - `create_passkey`: a new passkey, once the user has signed in
 * - `manage_passkeys`: the list of the user's passkeys
 * - `wait`: the same button, after a wait
 * - `reload`: a reload of the page
 */
export type Offer =
  | 'try_again'
  | 'another_way'
  | 'another_device'
  | 'sign_in'
  | 'create_passkey'
  | 'manage_passkeys'
  | 'wait'
  | 'reload';

export const offers: Record<Subject, readonly Offer[]> = {
  unsupported: ['another_way', 'another_device'],
  insecure_context: ['another_way'],
  not_permitted: ['another_way'],
  aborted: ['try_again'],
  cancelled: ['try_again', 'another_way'],
  timed_out: ['try_again', 'another_way'],
  already_registered: ['sign_in', 'another_device'],
  no_credential: ['another_way', 'create_passkey'],
  wrong_relying_party: ['another_way'],
  authenticator_failed: ['try_again', 'another_device'],
  invalid_options: ['another_way'],
  invalid_credential: ['another_device', 'another_way'],
  not_signed_in: ['sign_in'],
  rejected: ['try_again', 'another_way'],
  rate_limited: ['wait', 'another_way'],
  unreachable: ['try_again'],
  invalid_response: ['try_again', 'another_way'],
  unknown_passkey: ['another_way', 'create_passkey'],
  expired: ['try_again'],
  not_allowed: ['another_way'],
  too_many_passkeys: ['manage_passkeys'],
  unexpected: ['reload'],
};

/** The subject of a refusal, by Twilio's number or the relay's code. All others have the subject `rejected`. */
export const refusals: Record<string, Subject> = {
  unknown_credential: 'unknown_passkey',
  60390: 'unknown_passkey',
  60392: 'unknown_passkey',
  ceremony_mismatch: 'expired',
  no_ceremony_cookie: 'expired',
  ceremony_expired: 'expired',
  60322: 'expired',
  60323: 'expired',
  60391: 'expired',
  not_allowed: 'not_allowed',
  60317: 'already_registered',
  60315: 'too_many_passkeys',
  20500: 'invalid_response',
  misconfigured: 'invalid_response',
  storage_unavailable: 'invalid_response',
  verify_invalid_answer: 'invalid_response',
  verify_timeout: 'invalid_response',
  verify_unreachable: 'invalid_response',
};
