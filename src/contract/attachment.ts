/** Where a passkey is: in this device, or in another one. Verify requires it, and browsers and apps may leave it out. */

export type Attachment = 'platform' | 'cross-platform';

/** Whether browser or app said where the passkey is. Many say null. */
export const isAttachment = (said: unknown): said is Attachment =>
  said === 'platform' || said === 'cross-platform';

/**
 * The query of a finishing call whose attachment the page completed, since the browser said none. It is not a member of
 * the body, which a back end may hand on to Verify as it is, and not a header, which a server may refuse across origins.
 */
export const completed = { name: 'attachment', value: 'completed' } as const;

/**
 * Returns what browser or app said, if it said one of the two. Anything else, such as null, is replaced by what the
 * transports mean. Without transports it is `platform`, as in Twilio's own samples.
 */
export function completeAttachment(said: unknown, transports: readonly unknown[]): Attachment {
  if (isAttachment(said)) return said;
  return transports.length === 0 || transports.includes('internal') ? 'platform' : 'cross-platform';
}
