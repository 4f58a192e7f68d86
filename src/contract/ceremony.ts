/** The two ceremonies of Verify Passkeys: the routes, identifiers and lifetimes that page, relay and emulator share. */

/** A ceremony: `register` creates a passkey, `authenticate` signs a user in with one. */
export type Ceremony = 'register' | 'authenticate';

/**
 * What each ceremony is called on the wire. `begin` and `finish` are the last path segments of its two calls. Its
 * challenge encodes the SID of a `resource`, which starts with the letters `sid`. `type` is what clientDataJSON calls
 * it. `lifetime` is how long its options are valid, in milliseconds. Its resource has the status `pending` at the
 * beginning and `done` once it has succeeded.
 */
export const ceremonies = {
  register: {
    begin: 'Factors',
    finish: 'VerifyFactor',
    sid: 'YF',
    resource: 'Factor',
    type: 'webauthn.create',
    lifetime: 600_000,
    pending: 'unverified',
    done: 'verified',
  },
  authenticate: {
    begin: 'Challenges',
    finish: 'ApproveChallenge',
    sid: 'YC',
    resource: 'Challenge',
    type: 'webauthn.get',
    lifetime: 300_000,
    pending: 'pending',
    done: 'approved',
  },
} as const;

export const theOther = { register: 'authenticate', authenticate: 'register' } as const;
