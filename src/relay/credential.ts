/** Reads the credential that the page posts: bound to the ceremony that the browser began, then judged by the contract's rules. */

import { toBytes } from '../contract/bytes.ts';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { readAttestationObject } from '../contract/check/attestation.ts';
import { flag, shortest } from '../contract/check/authenticator-data.ts';
import { judgeCredential } from '../contract/check/lazy.ts';
import type { CredentialOf } from '../contract/check/shape.ts';
import { readClientData } from '../contract/client-data.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import type { Settings } from './config.ts';
import type { Begun, CookieJar } from './cookie.ts';
import { allowedOrigins } from './gate.ts';
import { unfit } from './refusal.ts';

/** The ceremony that a body finishes, before anything else of the body is judged; undefined where it names none. */
export async function findBegun(
  cookies: CookieJar,
  request: Request,
  ceremony: Ceremony,
  body: unknown,
): Promise<Begun | undefined> {
  demandShort(body);
  const { response } = Object(body) as { response?: { clientDataJSON?: unknown } | null };
  const challenge = readClientData(response?.clientDataJSON)?.challenge;
  const sid = challenge && readSid(ceremonies[ceremony].sid, challenge);
  return sid ? cookies.find(request, ceremony, sid) : undefined;
}

/** Characters of clientDataJSON: ten times what browsers write into it. */
const longest = 8192;

/** To look into client data of any length would take long. */
function demandShort(body: unknown): void {
  const { response } = Object(body) as { response?: { clientDataJSON?: unknown } | null };
  const length = typeof response?.clientDataJSON === 'string' ? response.clientDataJSON.length : 0;
  if (length <= longest) return;
  const path = 'response.clientDataJSON';
  const message = `${path} has ${length} characters; expected at most ${longest}.`;
  throw unfit([{ path, code: 60380, message, fix: `Send ${path} as the browser gave it.` }]);
}

/** The credential with the allowed members alone, signed on an allowed page, or a Refusal that names what is wrong with it. */
export async function readCredential<S extends Ceremony>(
  settings: Settings,
  request: Request,
  ceremony: S,
  body: unknown,
): Promise<CredentialOf<S>> {
  // Also that a new passkey's id is the attested one: by that id its owner will be known.
  // A conditional creation asks nobody, and whether one took place is for Verify to judge.
  const expected = ceremony === 'register' ? { mediation: 'conditional' as const } : {};
  const { credential, issues } = await judgeCredential(ceremony, body, expected);
  if (issues) throw unfit(issues);
  const { origin, crossOrigin, topOrigin } = readClientData(credential.response.clientDataJSON)!;
  // A Service may have more origins than this relay, and a passkey works on all of them.
  // https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion steps 10 to 12
  if (!allowedOrigins(request, settings).includes(origin)) {
    throw (await import('./gate-refusal.ts')).forbidSigned(origin, request, settings);
  }
  const isFramed = crossOrigin === true || topOrigin !== undefined;
  if (isFramed && !isAllowedFrame(topOrigin, settings)) {
    throw (await import('./gate-refusal.ts')).forbidFrame(topOrigin, settings);
  }
  return credential;
}

/** Not every browser names the page that the frame is on. Where one does, that page must be listed. */
function isAllowedFrame(topOrigin: unknown, { topOrigins = [] }: Settings): boolean {
  return topOrigins.some((allowed) => topOrigin === undefined || topOrigin === allowed);
}

/** What the authenticator says in the bytes that it signed. https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
function readFlags(authenticatorData: Uint8Array) {
  const flags = authenticatorData[32]!;
  return { userVerified: (flags & flag.userVerified) !== 0, backedUp: (flags & flag.backedUp) !== 0 };
}

/** What the authenticator said of a sign-in. */
export function readSigned({ response }: AuthenticationCredential) {
  return readFlags(toBytes(response.authenticatorData));
}

/** What the authenticator said of a new passkey; its model as a UUID. */
export function readMade({ response }: RegistrationCredential) {
  // The check has read these bytes: they are there.
  const authData = readAttestationObject(toBytes(response.attestationObject))!;
  const hex = Array.from(authData.subarray(shortest, shortest + 16), (byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  const aaguid = hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { aaguid, ...readFlags(authData) };
}
