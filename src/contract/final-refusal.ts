/** Which refusals of a new passkey are final. */

/**
 * Twilio's numbers that say what is wrong with the credential itself. Other numbers may be about the account, the
 * Service, a limit or the moment, or say that the passkey exists already.
 * https://www.twilio.com/docs/api/errors
 */
const final: readonly (number | string)[] = [
  60311,
  60324,
  60375,
  60376,
  60377,
  60378,
  60379,
  60380,
  60381,
  60385,
  60386,
  60387,
  // The app refused the passkey, and the relay has deleted it at Verify.
  'not_allowed',
];

/**
 * Whether VerifyFactor's refusal with this code means that Verify will never have the passkey. Only then may the
 * browser drop it: any other code may come from a proxy, or be about a passkey that is verified all the same.
 */
export const isFinal = (code: number | string): boolean => final.includes(code);
