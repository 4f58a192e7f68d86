/** Twilio's SIDs, and the identities that an app gives its users. */

/** Matches a Twilio SID: two letters and 32 hex digits. */
export const sidOf = (letters: 'AC' | 'SK' | 'VA' | 'YE' | 'YF' | 'YC') =>
  new RegExp(`^${letters}[0-9a-fA-F]{32}$`);

/** Matches an Entity's identity: 8 to 64 letters, digits and dashes. It cannot change and must hold no personal data. */
export const identityPattern = /^[A-Za-z0-9-]{8,64}$/;
