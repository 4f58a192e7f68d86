/** Where a passkey is: in this device, or in another one. Verify requires it, and browsers and apps may leave it out. */

export type Attachment = 'platform' | 'cross-platform';

/**
 * Returns what browser or app said, if it said one of the two. Anything else, such as null, is replaced by what the
 * transports mean. Without transports it is `platform`, as in Twilio's own samples.
 */
export function completeAttachment(said: unknown, transports: readonly unknown[]): Attachment {
  if (said === 'platform' || said === 'cross-platform') return said;
  return transports.length === 0 || transports.includes('internal') ? 'platform' : 'cross-platform';
}
