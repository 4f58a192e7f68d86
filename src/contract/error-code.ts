/** The codes of a PasskeyError, which the page throws and `verify-passkeys/messages` words for the user. */

/**
 * What went wrong. The guide "Errors" says what to tell the user and what to offer next for each.
 *
 * - `unsupported`: no WebAuthn here, or no authenticator can do what the options ask
 * - `insecure_context`: the page is neither https nor localhost
 * - `not_permitted`: the page's Permissions-Policy, or the frame it is in, forbids the call
 * - `aborted`: the caller's signal, or another ceremony of the same page
 * - `cancelled`: closed, refused, or nothing found; the browser will not say which. Also where the browser aborts by itself
 * - `timed_out`: the options' timeout, or the relay slower than `timeout`
 * - `already_registered`: this authenticator holds a passkey of `excludeCredentials`
 * - `no_credential`: the browser has none to offer
 * - `wrong_relying_party`: the relying party id is no suffix of the page's domain
 * - `authenticator_failed`: whatever else the browser throws
 * - `invalid_options`: what began the ceremony holds no options; `issues` says where
 * - `invalid_credential`: the check found something and nothing was sent; `issues` says what
 * - `not_signed_in`: the relay knew nobody
 * - `rejected`: Verify or the relay said no; `rejection` says why
 * - `rate_limited`: too many requests; `retryAfter` says how long to wait, where told
 * - `unreachable`: no answer: network, DNS, CORS, connection cut; or a part of this package could not be loaded, most
 *   often since a deploy replaced it: then the message says to reload the page
 * - `invalid_response`: an answer that is none: HTML, cut JSON, wrong shape or status
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
