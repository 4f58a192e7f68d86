/** A passkey on the authenticator, as tests and as CDP have it. */

/** A passkey on the authenticator. Binary members are base64url. */
export type VirtualCredential = {
  id: string;
  /** The relying party's domain. */
  rpId: string;
  /** An ECDSA key on P-256, in PKCS#8. */
  privateKey: string;
  /** At most 64 bytes; in passkeys of Verify, the text of the Entity SID. */
  userHandle?: string;
  /** How often it has signed: 0 or more. */
  signCount: number;
  isResidentCredential: boolean;
  userName?: string;
  userDisplayName?: string;
  backupEligibility?: boolean;
  backupState?: boolean;
};

/** A credential as CDP has it: its binary members are base64. */
export type HeldCredential = {
  credentialId: string;
  isResidentCredential: boolean;
  rpId?: string;
  privateKey: string;
  userHandle?: string;
  signCount: number;
  userName?: string;
  userDisplayName?: string;
  backupEligibility?: boolean;
  backupState?: boolean;
};

// CDP has base64 where WebAuthn's JSON has base64url.
const toBase64url = (base64: string) => base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
export const toBase64 = (base64url: string) =>
  base64url
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .padEnd(Math.ceil(base64url.length / 4) * 4, '=');

export function toHeld({ id, privateKey, userHandle, ...rest }: VirtualCredential): HeldCredential {
  return {
    ...rest,
    credentialId: toBase64(id),
    privateKey: toBase64(privateKey),
    ...(userHandle && { userHandle: toBase64(userHandle) }),
  };
}

export function fromHeld({
  credentialId,
  rpId = '',
  privateKey,
  userHandle,
  ...rest
}: HeldCredential): VirtualCredential {
  return {
    ...rest,
    rpId,
    id: toBase64url(credentialId),
    privateKey: toBase64url(privateKey),
    ...(userHandle && { userHandle: toBase64url(userHandle) }),
  };
}
