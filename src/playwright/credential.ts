/** A passkey on the authenticator, in the form that tests use and in the form of CDP. */
import { fromBase64, toBase64 } from '../contract/bytes.ts';

/** A passkey on the authenticator. Binary members are base64url without padding. */
export type VirtualCredential = {
  /** The credential id. */
  id: string;
  /** The relying party's id: its bare domain. */
  rpId: string;
  /** An ECDSA key on P-256, in PKCS#8. */
  privateKey: string;
  /** The user handle, 1 to 64 bytes; in passkeys of Verify, the text of the Entity SID. */
  userHandle?: string;
  /** How often it has signed: 0 or more. */
  signCount: number;
  /** Whether it is discoverable, as passkeys are. Always true in a stand-in, which keeps no others. */
  isResidentCredential: boolean;
  /** The account's name, as the browser's chooser shows it. Absent in Firefox and in a stand-in. */
  userName?: string;
  /** The name of the account's owner. Absent in Firefox and in a stand-in. */
  userDisplayName?: string;
  /** Whether it may be copied to other devices. Absent in a stand-in. */
  backupEligibility?: boolean;
  /** Whether it has been copied to other devices. Absent in a stand-in. */
  backupState?: boolean;
};

/** A credential in CDP's form: its binary members are base64. */
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

// CDP writes as base64 what WebAuthn's JSON writes as base64url.
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
    id: fromBase64(credentialId),
    privateKey: fromBase64(privateKey),
    ...(userHandle && { userHandle: fromBase64(userHandle) }),
  };
}
