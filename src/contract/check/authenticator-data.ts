/** Judges the authenticator data that both ceremonies share: the relying party and the flags. */
import { fromBytes } from '../bytes.ts';
import type { Expected } from './expected.ts';
import { broken, type Finding } from './finding.ts';
import { sha256 } from './sha256.ts';

/** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
export const flag = {
  userPresent: 0x01,
  userVerified: 0x04,
  backedUp: 0x10,
  attested: 0x40,
  extensions: 0x80,
};

/** The bytes that all authenticator data begins with: a hash of 32, flags of 1, a counter of 4. */
export const headLength = 37;

/** The SHA-256 of a relying party id, base64url: the authenticator signs it instead of the id. */
export const hashOf = (rpId: string): string => fromBytes(sha256(new TextEncoder().encode(rpId)));

/** The broken rules of the 37 bytes that both kinds of credential begin with, except for the user-present flag. */
export function* judgeHead(path: string, bytes: Uint8Array, { rpId }: Expected): Generator<Finding> {
  if (bytes.length < headLength) {
    yield { ...broken('authenticator data short', path), received: `${bytes.length}` };
    return;
  }
  const received = fromBytes(bytes.subarray(0, 32));
  if (rpId != null && received !== hashOf(rpId)) {
    yield { ...broken('another relying party', path), received, expected: rpId };
  }
}

/** Whether the user-present flag is missing. False if the data is too short to have flags. */
export function isAbsent(bytes: Uint8Array): boolean {
  const flags = bytes.length < headLength ? undefined : bytes[32];
  return flags !== undefined && !(flags & flag.userPresent);
}
