/** The bytes that an authenticator signs at every ceremony: whom for, with whom present, and the signature over them. */
import { fromBytes, toBytes } from '../bytes.ts';
import { readSid } from '../challenge.ts';
import type { AuthenticationCredential } from '../credential.ts';
import { broken, type Expected, type Finding } from './shape.ts';

/** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
export const flag = { userPresent: 0x01, attested: 0x40, extensions: 0x80 };

/** The shortest authenticator data: a hash of 32 bytes, a byte of flags, a counter of 4. */
export const shortest = 37;

/** What is expected, with the hash that stands for `rpId` in the authenticator's bytes, base64url. */
export type Wanted = Expected & { rpIdHash?: string | undefined };

/** The broken rules of an assertion's bytes. */
export function* judgeAssertion({ response }: AuthenticationCredential, wanted: Wanted): Generator<Finding> {
  const path = 'response.authenticatorData';
  const bytes = toBytes(response.authenticatorData);
  const isLonger = Boolean(bytes[32]! & (flag.attested | flag.extensions));
  yield* judgeHead(path, bytes, wanted);
  if (isAbsent(bytes)) yield broken('user not present', path);
  if (bytes.length > shortest !== isLonger && bytes.length >= shortest) {
    yield broken('authenticator data unreadable', path);
  }
  if (!isSignature(toBytes(response.signature))) yield broken('signature malformed', 'response.signature');
  if (response.userHandle !== undefined && !readSid('YE', response.userHandle)) {
    yield broken('no entity', 'response.userHandle');
  }
}

/** The part that both kinds of credential begin with. */
export function* judgeHead(path: string, bytes: Uint8Array, { rpId, rpIdHash }: Wanted): Generator<Finding> {
  if (bytes.length < shortest) {
    yield { ...broken('authenticator data short', path), received: `${bytes.length}` };
    return;
  }
  const received = fromBytes(bytes.subarray(0, 32));
  if (rpId != null && received !== rpIdHash) {
    yield { ...broken('another relying party', path, 60382), received, expected: rpId };
  }
}

/** Whether whole authenticator data says that nobody touched or unlocked the authenticator. */
export const isAbsent = (bytes: Uint8Array) => bytes.length >= shortest && !(bytes[32]! & flag.userPresent);

/**
 * Whether bytes can be a signature of any algorithm: RSA's and the post-quantum ones are long, Ed25519's are 64
 * bytes, ECDSA's a DER sequence of two integers. https://www.w3.org/TR/webauthn-3/#sctn-signature-attestation-types
 */
function isSignature(bytes: Uint8Array): boolean {
  if (bytes.length === 64 || bytes.length >= 128) return true;
  const long = bytes[1] === 0x81 ? 1 : 0;
  const content = bytes.slice(2 + long);
  const second = 2 + (content[1] ?? 0);
  return (
    bytes[0] === 0x30 &&
    bytes[1 + long] === content.length &&
    content[0] === 0x02 &&
    content[second] === 0x02 &&
    second + 2 + (content[second + 1] ?? 0) === content.length
  );
}
