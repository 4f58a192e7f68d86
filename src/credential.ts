/**
 * The browser's part of a ceremony alone, for pages that send credentials in their own way. `verify-passkeys` has these
 * names too.
 *
 * @module verify-passkeys/credential
 */

export { type CeremonyInput, createCredential, getCredential } from './client/alone.ts';
export { isPasskeyError, PasskeyError } from './client/error.ts';
