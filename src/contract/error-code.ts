/** The codes of a PasskeyError, which the page throws. `verify-passkeys/messages` has a message for each. */

/**
 * What went wrong. The guide "Errors" says what to tell the user and what to offer next for each.
 *
 * - `unsupported`: the browser has no WebAuthn or only half of it, or no authenticator can do what the options ask
 * - `insecure_context`: the page is neither https nor localhost
 * - `not_permitted`: the browser blames the page: its Permissions-Policy, its frame, its certificate, or a call without
 *   a click that this call needs
 * - `aborted`: the caller's signal aborted the ceremony, or another ceremony of the same page replaced it
 * - `cancelled`: the user closed or refused the dialog, no passkey was found, or a security key can store none; the
 *   browser does not say which. Also if the browser aborts by itself
 * - `timed_out`: nobody answered the prompt before the options' timeout was over, or the relay took longer than
 *   `timeout`
 * - `already_registered`: this authenticator holds a passkey of `excludeCredentials`
 * - `no_credential`: the browser has no passkey to offer
 * - `wrong_relying_party`: the relying party id is neither the page's domain nor a parent of it
 * - `authenticator_failed`: the browser threw any other error
 * - `invalid_options`: the answer that starts the ceremony holds no valid options; `issues` says where
 * - `invalid_credential`: the check found mistakes and nothing was sent; `issues` lists them
 * - `not_signed_in`: nobody is signed in, according to the relay
 * - `rejected`: Verify or the relay refused; `rejection` says why
 * - `rate_limited`: too many requests; `retryAfter` says how long to wait, or 0 if the server does not
 * - `unreachable`: there was no answer (network, DNS, CORS, lost connection), or a part of this package could not be
 *   loaded, most often because a deploy replaced it; the message then says to reload the page
 * - `invalid_response`: the answer is not what the relay sends: HTML, cut JSON, a wrong shape or status
 */
export type PasskeyErrorCode =
  | 'unsupported'
  | 'insecure_context'
  | 'not_permitted'
  | 'aborted'
  | 'cancelled'
  | 'timed_out'
  | 'already_registered'
  | 'no_credential'
  | 'wrong_relying_party'
  | 'authenticator_failed'
  | 'invalid_options'
  | 'invalid_credential'
  | 'not_signed_in'
  | 'rejected'
  | 'rate_limited'
  | 'unreachable'
  | 'invalid_response';
