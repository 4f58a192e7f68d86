/** What both finishing calls judge of a credential before its signature. */
import * as v from 'valibot';
import { fromBytes } from '../contract/base64url.ts';
import type { checkRegistration } from '../contract/check.ts';
import { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { readClientData, readSid } from '../contract/judge.ts';
import { ceremony, type Step } from '../contract/route.ts';
import { Refusal } from './refusal.ts';
import type { RelyingParty } from './service.ts';

const schemas = { register: RegistrationCredential, authenticate: AuthenticationCredential };

type Check = typeof checkRegistration;

export function readFields(body: unknown, code = 60306): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new Refusal(code, 'Invalid request: expected a JSON object');
}

/** The credential and the SID of the ceremony that it finishes; refused under the code of its first issue. */
export function toCredential<S extends Step>(step: S, body: unknown, check: Check) {
  const fields = withBase64urlRawId(readFields(body));
  const [issue] = check(fields);
  if (issue) throw new Refusal(issue.code, issue.message);
  const credential = v.parse(schemas[step], fields);
  const { challenge } = readClientData(credential.response.clientDataJSON)!;
  return {
    body: credential as v.InferOutput<(typeof schemas)[S]>,
    sid: readSid(ceremony[step].sid, challenge)!,
  };
}

/** Twilio's OpenAPI example prints rawId as hex of the bytes that id holds: Verify takes that too. */
function withBase64urlRawId(body: Record<string, unknown>): Record<string, unknown> {
  const { rawId } = body;
  if (typeof rawId !== 'string' || rawId === body.id || !/^(?:[0-9a-f]{2})+$/i.test(rawId)) return body;
  const bytes = Uint8Array.from(rawId.match(/../g)!, (hex) => Number.parseInt(hex, 16));
  return fromBytes(bytes) === body.id ? { ...body, rawId: body.id } : body;
}

/** The browser must have been on one of the origins, and the authenticator must have signed for the relying party. */
export function judgeClient(
  step: Step,
  body: { response: { clientDataJSON: string } },
  party: RelyingParty,
  check: Check,
) {
  const { origin } = readClientData(body.response.clientDataJSON)!;
  if (!party.origins.includes(origin)) {
    throw new Refusal(
      60380,
      `Client data invalid: the ${ceremony[step].resource} is not for origin ${origin}`,
    );
  }
  const [issue] = check(body, { rpId: party.id });
  if (issue) throw new Refusal(issue.code, issue.message);
}
