/** What a caller may expect of a credential. */

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
