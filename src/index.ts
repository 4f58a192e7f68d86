/**
 * Passkeys with Twilio Verify in the browser.
 *
 * There is no default export and no ready-made instance: begin with `createPasskeys`.
 *
 * @module verify-passkeys
 */

export { type CeremonyInput, createCredential, getCredential } from './client/alone.ts';
export type { Challenge, Factor } from './client/answer.ts';
export { type Capabilities, capabilities } from './client/capabilities.ts';
export type { PasskeysConfig } from './client/config.ts';
export type { ExtensionResults, UnsentMembers } from './client/credential.ts';
export {
  type CodedError,
  type InvalidError,
  isPasskeyError,
  PasskeyError,
  type PasskeyErrorCode,
  type PasskeyErrorDetails,
  type PlainCode,
  type RateLimitedError,
  type RefusedError,
} from './client/error.ts';
export type { PasskeyEvent } from './client/event.ts';
export type { Passkey } from './client/management.ts';
export {
  type AuthenticateInput,
  createPasskeys,
  type Hint,
  type Passkeys,
  type Prepared,
  type RegisterInput,
  type UpgradeInput,
} from './client/passkeys.ts';
export {
  checkAuthentication,
  checkRegistration,
  fixAuthentication,
  fixRegistration,
} from './contract/check/check.ts';
export type { Expected } from './contract/check/expected.ts';
export type { Issue } from './contract/check/issue.ts';
export type { AuthenticationCredential, RegistrationCredential } from './contract/credential.ts';
export type { Rejection } from './contract/rejection.ts';
export type { Transport } from './contract/transport.ts';
