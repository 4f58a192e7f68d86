/** The issues that the checks give, what a caller may expect of a credential, and the rules that it can break. */
import { codeOf } from './member.ts';

/** One thing that is wrong with a body. No text in it repeats the bytes of a credential. */
export type Issue = {
  /** Where it is: names joined by dots, such as `response.clientDataJSON`, or `''` for the body as a whole. */
  path: string;
  /** Twilio's number for it, such as 60380: https://www.twilio.com/docs/api/errors */
  code: number;
  /** One sentence in English that says what came and what was expected. */
  message: string;
  /** One sentence in English that says what to do about it. */
  fix: string;
};

/** What a credential should say, as far as the caller knows it. What is left out is not compared. */
export type Expected = {
  /** `options.challenge` as Verify sent it, or the SID that it encodes (`YF…` or `YC…`). */
  challenge?: string | undefined;
  /** The page's origin, scheme and port included: `https://login.example.com`. */
  origin?: string | undefined;
  /** The relying party's id, a bare domain: `example.com`. */
  rpId?: string | undefined;
  /**
   * The mediation that the browser was asked with. A registration that was made with `conditional` may lack the
   * user-present and user-verified flags, since the browser asked nobody; every other mediation changes nothing.
   * https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
   */
  mediation?: 'conditional' | 'optional' | 'required' | 'silent' | undefined;
};

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
