/** The routes that a page calls and the relay answers. `list`, `rename` and `remove` manage passkeys under `/Factors`. */

export type Route =
  | 'Factors'
  | 'VerifyFactor'
  | 'Challenges'
  | 'ApproveChallenge'
  | 'list'
  | 'rename'
  | 'remove';
