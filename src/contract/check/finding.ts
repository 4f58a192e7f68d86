/** A rule that a credential breaks, as judge.ts finds it. explain.ts makes an issue of it. */
import { codeOf } from './member.ts';

/** A rule that a credential can break. `shape` is about a member's presence and form, the others about its content. */
export type Rule =
  | 'shape'
  | 'ids differ'
  | 'client data unreadable'
  | 'client data of the other ceremony'
  | 'challenge is no SID'
  | 'another challenge'
  | 'another origin'
  | 'another relying party'
  | 'attestation unreadable'
  | 'attestation without authData'
  | 'authenticator data short'
  | 'authenticator data unreadable'
  | 'user not present'
  | 'no attested credential'
  | 'another credential attested'
  | 'public key unusable'
  | 'signature malformed'
  | 'raw signature'
  | 'no entity';

/** A broken rule: its path, Twilio's number for it, and what was expected and received. */
export type Finding = { rule: Rule; path: string; code: number; expected?: string; received?: string };

export function broken(rule: Rule, path: string): Finding {
  return { rule, path, code: codeOf(path, rule) };
}
