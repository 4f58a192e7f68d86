/** What a Verify Service's settings for passkeys may hold. */

/** The most characters in the name of a Service. */
export const maxServiceName = 32;

const preferences = ['required', 'preferred', 'discouraged'] as const;

/** The values that each authenticator criterion takes, named as on the wire. */
export const choices = {
  authenticator_attachment: ['platform', 'cross-platform', 'any'],
  discoverable_credentials: preferences,
  user_verification: preferences,
} as const;

export type Criterion = keyof typeof choices;

export const criterionNames: readonly Criterion[] = [
  'authenticator_attachment',
  'discoverable_credentials',
  'user_verification',
];

/** A relying party id is a bare domain: no scheme, no port, no path. */
export const isDomain = (id: string): boolean => /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(id);
