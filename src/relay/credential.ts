/** Reads the credential that the page posts: binds it to the browser's ceremony and checks it by the contract. */

import { type Attachment, completeAttachment, completed, isAttachment } from '../contract/attachment.ts';
import { toBytes, toHex } from '../contract/bytes.ts';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { readAttestationObject } from '../contract/check/attestation.ts';
import { flag, headLength } from '../contract/check/authenticator-data.ts';
import { judgeCredential } from '../contract/check/check.ts';
import { codeOf } from '../contract/check/member.ts';
import type { CredentialOf } from '../contract/check/shape.ts';
import { readClientData } from '../contract/client-data.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { isObject } from '../contract/json.ts';
import type { Settings } from './config.ts';
import type { CookieJar, PendingCeremony } from './cookie.ts';
import { allowedOrigins, refuseFrame, refuseSigned } from './forbidden.ts';
import { refuseBody } from './refusal.ts';

/** The ceremony that a body finishes, read before the rest is checked; undefined if the body names no ceremony. */
export async function findCeremony(
  cookies: CookieJar,
  request: Request,
  ceremony: Ceremony,
  body: unknown,
): Promise<PendingCeremony | undefined> {
  const clientDataJSON = isObject(body) && isObject(body.response) && body.response.clientDataJSON;
  demandShort(clientDataJSON);
  const challenge = readClientData(clientDataJSON)?.challenge;
  const sid = challenge && readSid(ceremonies[ceremony].sid, challenge);
  return sid ? cookies.find(request, ceremony, sid) : undefined;
}

/** The largest number of characters in clientDataJSON: ten times what browsers write. */
const maxCharacters = 8192;

/** Parsing client data without a limit could take long. */
function demandShort(clientDataJSON: unknown): void {
  const length = typeof clientDataJSON === 'string' ? clientDataJSON.length : 0;
  if (length <= maxCharacters) return;
  const path = 'response.clientDataJSON';
  const message = `${path} has ${length} characters; expected at most ${maxCharacters}.`;
  throw refuseBody([{ path, code: codeOf(path), message, fix: `Send ${path} as the browser gave it.` }]);
}

/** The credential with only the allowed members, signed on an allowed page. Refuses with the issues otherwise. */
export async function readCredential<S extends Ceremony>(
  settings: Settings,
  request: Request,
  ceremony: S,
  body: unknown,
): Promise<CredentialOf<S>> {
  // Also checks that a new passkey's id is the attested one, since its owner is remembered by that id.
  // A conditional creation asks no user, and Verify judges whether this was one.
  const expected = ceremony === 'register' ? { mediation: 'conditional' as const } : {};
  const { credential, issues } = judgeCredential(ceremony, withAttachment(body), expected);
  if (issues) throw refuseBody(issues);
  // The check has read the client data.
  const { origin, crossOrigin, topOrigin } = readClientData(credential.response.clientDataJSON)!;
  // A Service may have more origins than this relay, and a passkey works on all of them.
  // https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion steps 10 to 12
  if (!allowedOrigins(request, settings).includes(origin)) throw refuseSigned(origin, request, settings);
  const isFramed = crossOrigin === true || topOrigin !== undefined;
  if (isFramed && !isAllowedFrame(topOrigin, settings)) throw refuseFrame(topOrigin, settings);
  return credential;
}

/** An app's library may leave out the attachment. It is completed as the page completes a browser's. */
function withAttachment(body: unknown): unknown {
  if (!isObject(body)) return body;
  const transports = isObject(body.response) ? body.response.transports : undefined;
  const list = Array.isArray(transports) ? transports : [];
  return { ...body, authenticatorAttachment: completeAttachment(body.authenticatorAttachment, list) };
}

/** Not every browser names the page that the frame is on. If a browser names it, that page must be listed. */
function isAllowedFrame(topOrigin: unknown, { topOrigins = [] }: Settings): boolean {
  return topOrigins.some((allowed) => topOrigin === undefined || topOrigin === allowed);
}

/** The flags in the bytes that the authenticator signed. https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
function readFlags(authenticatorData: Uint8Array) {
  const flags = authenticatorData[32]!; // The check has judged the length.
  return { userVerified: (flags & flag.userVerified) !== 0, backedUp: (flags & flag.backedUp) !== 0 };
}

/** Where the passkey is, which is not signed. Undefined if neither the browser nor the app's library said it. */
export function findSaidAttachment({ url }: Request, body: unknown): Attachment | undefined {
  const isCompleted = new URL(url).searchParams.get(completed.name) === completed.value;
  const said = isObject(body) ? body.authenticatorAttachment : undefined;
  return !isCompleted && isAttachment(said) ? said : undefined;
}

export function readSignInFlags({ response }: AuthenticationCredential) {
  return readFlags(toBytes(response.authenticatorData));
}

/** The flags of a new passkey, the authenticator's model as a UUID, and how browsers may reach it, which is not signed. */
export function readRegistrationFacts({ response }: RegistrationCredential) {
  // The check has already read these bytes, so they exist.
  const authData = readAttestationObject(toBytes(response.attestationObject))!;
  const hex = toHex(authData.subarray(headLength, headLength + 16));
  const aaguid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const { transports = [] } = response;
  return { aaguid, ...readFlags(authData), transports };
}
