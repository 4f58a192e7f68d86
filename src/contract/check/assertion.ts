/** Judges what an authenticator returns at a sign-in: its data, its signature and the user handle. */
import { toBytes } from '../bytes.ts';
import { readSid } from '../challenge.ts';
import type { AuthenticationCredential } from '../credential.ts';
import { flag, headLength, isAbsent, judgeHead } from './authenticator-data.ts';
import type { Expected } from './expected.ts';
import { broken, type Finding } from './finding.ts';

/** The broken rules of a sign-in's bytes. */
export function* judgeAssertion(
  { response }: AuthenticationCredential,
  expected: Expected,
): Generator<Finding> {
  const path = 'response.authenticatorData';
  const bytes = toBytes(response.authenticatorData);
  // bytes[32] is undefined if the data is too short; judgeHead reports that.
  const isLonger = Boolean(bytes[32]! & (flag.attested | flag.extensions));
  yield* judgeHead(path, bytes, expected);
  if (isAbsent(bytes)) yield broken('user not present', path);
  if (bytes.length > headLength !== isLonger && bytes.length >= headLength) {
    yield broken('authenticator data unreadable', path);
  }
  yield* judgeSignature(toBytes(response.signature));
  if (response.userHandle !== undefined && !readSid('YE', response.userHandle)) {
    yield broken('no entity', 'response.userHandle');
  }
}

/**
 * The algorithm is not known here, so the form of any algorithm is accepted: RSA and the post-quantum algorithms give
 * 128 bytes or more, Ed448 gives 114, Ed25519 gives 64, and ECDSA gives a DER sequence of two integers.
 * https://www.w3.org/TR/webauthn-3/#sctn-signature-attestation-types
 */
function* judgeSignature(bytes: Uint8Array): Generator<Finding> {
  const path = 'response.signature';
  if (bytes.length >= 128 || bytes.length === 114 || isDer(bytes)) return;
  if (bytes.length !== 64) yield broken('signature malformed', path);
  else if (!isEd25519(bytes)) yield broken('raw signature', path);
}

function isDer(bytes: Uint8Array): boolean {
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

/**
 * Whether 64 bytes can be an Ed25519 signature. The second half of such a signature is a number of little more than 252
 * bits, lowest byte first. 15 of 16 ECDSA signatures that are written as r and s do not look like that.
 * https://www.rfc-editor.org/rfc/rfc8032#section-5.1.7
 */
function isEd25519(bytes: Uint8Array): boolean {
  const [low = 0, high = 0] = bytes.subarray(62);
  return high < 0x10 || (high === 0x10 && low === 0);
}
