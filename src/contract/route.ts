/** The routes that a page calls and the relay answers. `list`, `rename` and `remove` manage passkeys under `/Factors`. */

/** The method of each route, and its path under the address of the relay. `{sid}` is the SID of a passkey. */
export const routes = {
  Factors: { method: 'POST', path: '/Factors' },
  list: { method: 'GET', path: '/Factors' },
  VerifyFactor: { method: 'POST', path: '/VerifyFactor' },
  Challenges: { method: 'POST', path: '/Challenges' },
  ApproveChallenge: { method: 'POST', path: '/ApproveChallenge' },
  rename: { method: 'POST', path: '/Factors/{sid}' },
  remove: { method: 'DELETE', path: '/Factors/{sid}' },
} as const;

export type Route = keyof typeof routes;
