/** Judges what an authenticator returns at a sign-in: its data, its signature, and the user handle that it kept. */
import { toBytes } from '../bytes.ts';
import { readSid } from '../challenge.ts';
import type { AuthenticationCredential } from '../credential.ts';
import { flag, isAbsent, judgeHead, shortest, type Wanted } from './authenticator-data.ts';
import { broken, type Finding } from './issue.ts';

/** The broken rules of a sign-in's bytes. */
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
