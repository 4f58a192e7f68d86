/** The checks that both finishing calls make of a credential before they verify its signature. */
import { fromBytes, fromHex } from '../contract/bytes.ts';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { readSid } from '../contract/challenge.ts';
import { judgeCredential } from '../contract/check/check.ts';
import type { Expected } from '../contract/check/expected.ts';
import { quote } from '../contract/check/quote.ts';
import type { CredentialOf } from '../contract/check/shape.ts';
import { readClientData } from '../contract/client-data.ts';
import { isObject } from '../contract/json.ts';
import { readFields } from './body.ts';
import { Refusal } from './refusal.ts';
import type { RelyingParty, Service } from './service.ts';

/**
 * Returns the credential and the Factor or Challenge that it finishes. `find` looks that up by the SID in the
 * challenge, and `partyOf` returns its relying party. A bad credential is refused with the code of its first issue,
 * an unknown SID only if nothing before the challenge is wrong.
 */
export async function readCredential<S extends Ceremony, T>(
  ceremony: S,
  service: Service,
  body: unknown,
  find: (sid: string) => Promise<T | undefined>,
  partyOf: (found: T) => RelyingParty,
): Promise<{ credential: CredentialOf<S>; found: T }> {
  const fields = withBase64urlRawId(readFields(body));
  const data = isObject(fields.response) ? readClientData(fields.response.clientDataJSON) : undefined;
  const sid = data && readSid(ceremonies[ceremony].sid, data.challenge);
  const found = sid && (await find(sid));
  const expected = found ? expect(service, partyOf(found), data.origin) : { challenge: '' };
  const { credential, issues, rules } = judgeCredential(ceremony, fields, expected);
  if (credential && found) {
    demandFrame(service, data);
    return { credential, found };
  }
  const [first] = issues ?? [];
  if (!first || rules?.[0] === 'another challenge') {
    // Assumptions: unknown-factor, unknown-challenge
    throw new Refusal(ceremony === 'register' ? 60390 : 60391, `${ceremonies[ceremony].resource} not found`);
  }
  if (found && rules?.[0] === 'another origin') {
    const listed = partyOf(found).origins.map(quote).join(' or ');
    throw new Refusal(first.code, `${first.path}: got the origin ${quote(data.origin)}, expected ${listed}`);
  }
  // Assumptions: verify-other-step, verify-client-data, verify-origin, verify-attachment-null
  // Assumptions: verify-attachment-missing, unknown-transports, verify-more-members, approve-other-step
  // Assumptions: approve-client-data, approve-origin, approve-attachment-null, approve-attachment-missing
  // Assumptions: approve-absent-user, approve-more-members
  throw new Refusal(first.code, first.message);
}

/** The browser must have been on one of the origins, and the authenticator must have signed for this id. */
function expect({ takesSilent }: Service, { id, origins }: RelyingParty, origin: string): Expected {
  return {
    rpId: id,
    origin: origins.includes(origin) ? origin : origins[0],
    mediation: takesSilent ? 'conditional' : undefined,
  };
}

/**
 * Refuses a page in a frame of another origin, unless the top page is one that may show it.
 * https://www.w3.org/TR/webauthn-3/#dom-collectedclientdata-crossorigin
 */
function demandFrame({ topOrigins }: Service, { crossOrigin, topOrigin }: Record<string, unknown>): void {
  if (crossOrigin !== true && topOrigin === undefined) return;
  // Not every browser sends topOrigin.
  const isExpected = topOrigins.some((expected) => topOrigin === undefined || topOrigin === expected);
  if (crossOrigin === true && isExpected) return;
  const where = typeof topOrigin === 'string' ? ` of ${quote(topOrigin)}` : '';
  throw new Refusal(
    60380,
    `clientDataJSON was made in a frame of another origin${where}, which is not expected`,
  );
}

/** Twilio's OpenAPI example has rawId as hex of the bytes in id, so the emulator accepts that too. Assumption: raw-id-hex */
function withBase64urlRawId(body: Record<string, unknown>): Record<string, unknown> {
  const { rawId } = body;
  if (typeof rawId !== 'string' || rawId === body.id || !/^(?:[0-9a-f]{2})+$/i.test(rawId)) return body;
  return fromBytes(fromHex(rawId)) === body.id ? { ...body, rawId: body.id } : body;
}
