/** Judges what needs no look into the authenticator's bytes: members, encodings, ids and what the browser signed. */
import * as v from 'valibot';
import { type Ceremony, ceremonies } from '../ceremony.ts';
import { readSid } from '../challenge.ts';
import { readClientData } from '../client-data.ts';
import { AuthenticationCredential, RegistrationCredential } from '../credential.ts';

/** What a credential should say, where the caller knows it. What is left out is not compared. */
export type Expected = {
  /** `options.challenge` as Verify sent it, or the SID that it encodes (`YF…` or `YC…`). */
  challenge?: string | undefined;
  /** The page's origin, scheme and port included: `https://login.example.com`. */
  origin?: string | undefined;
  /** The relying party's id, a bare domain: `example.com`. */
  rpId?: string | undefined;
  /**
   * The mediation that the browser was asked with. A registration that was made with `conditional` may lack the
   * user-present and user-verified flags, since the browser asked nobody; every other mediation changes nothing.
   * https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
   */
  mediation?: 'conditional' | 'optional' | 'required' | 'silent' | undefined;
};

/** A broken rule: where, under which of Twilio's numbers, and what stood there in place of what. */
export type Finding = { rule: Rule; path: string; code: number; expected?: string; received?: string };

export type Rule =
  | 'shape'
  | 'ids differ'
  | 'client data unreadable'
  | 'client data of the other ceremony'
  | 'challenge is no SID'
  | 'another challenge'
  | 'another origin'
  | 'another relying party'
  | 'attestation unreadable'
  | 'attestation without authData'
  | 'authenticator data short'
  | 'authenticator data unreadable'
  | 'user not present'
  | 'no attested credential'
  | 'another credential attested'
  | 'public key unusable'
  | 'signature malformed'
  | 'no entity';

/** Twilio's number for each member: https://www.twilio.com/docs/api/errors/60380 and its neighbours. */
export const codes: Record<string, number> = {
  id: 60375,
  rawId: 60376,
  authenticatorAttachment: 60377,
  type: 60434,
  response: 60378,
  'response.transports': 60378,
  'response.authenticatorData': 60379,
  'response.clientDataJSON': 60380,
  'response.signature': 60381,
  'response.attestationObject': 60386,
  'response.userHandle': 60420,
};

export type Credential = RegistrationCredential | AuthenticationCredential;

/** The broken rules of the outside, and the credential where its bytes can be looked into. */
export function judgeShape(
  ceremony: Ceremony,
  body: unknown,
  expected: Expected,
): { findings: Finding[]; credential?: Credential } {
  // What is not the body's own does not leave with it: JSON knows no inherited members.
  const own = ownMembers(body) as { response?: unknown } | undefined;
  if (own?.response) own.response = ownMembers(own.response);
  const shape = v.safeParse(ceremony === 'register' ? RegistrationCredential : AuthenticationCredential, own);
  const paths = shape.success
    ? [...misspelled('', own), ...misspelled('response.', own?.response)]
    : shape.issues.map(({ path = [] }) =>
        path
          .slice(0, 2)
          .map(({ key }) => key)
          .join('.'),
      );
  if (paths.length > 0) return { findings: [...new Set(paths)].map((path) => broken('shape', path)) };
  const credential = shape.output as Credential;
  const { id, rawId, response } = credential;
  const findings = id === rawId ? [] : [broken('ids differ', 'rawId')];
  return {
    findings: [...findings, ...judgeClientData(ceremony, response.clientDataJSON, expected)],
    credential,
  };
}

const ownMembers = (value: unknown): unknown => (typeof value === 'object' && value ? { ...value } : value);

export function broken(rule: Rule, path: string, code = codes[path]!): Finding {
  return { rule, path, code };
}

/** Members that may be left out, and so would be lost in silence under another spelling. */
function misspelled(parent: '' | 'response.', object: unknown): string[] {
  const names = parent ? ['transports', 'userHandle'] : ['type'];
  return Object.keys(object as object).flatMap((key) => {
    const bare = key.replace(/_/g, '').toLowerCase();
    const name = names.find((name) => name !== key && name.toLowerCase() === bare);
    return name ? parent + name : [];
  });
}

function* judgeClientData(
  ceremony: Ceremony,
  clientDataJSON: string,
  expected: Expected,
): Generator<Finding> {
  const path = 'response.clientDataJSON';
  const data = readClientData(clientDataJSON);
  if (!data) {
    yield broken('client data unreadable', path);
    return;
  }
  const { type, sid: letters } = ceremonies[ceremony];
  const differ = (rule: Rule, received: string, expected = '') => ({
    ...broken(rule, path),
    received,
    expected,
  });
  const sid = readSid(letters, data.challenge);
  if (data.type !== type) yield differ('client data of the other ceremony', data.type, type);
  else if (!sid) yield differ('challenge is no SID', data.challenge);
  else if (expected.challenge != null && ![data.challenge, sid].includes(expected.challenge)) {
    yield differ('another challenge', data.challenge, expected.challenge);
  }
  if (expected.origin != null && data.origin !== expected.origin) {
    yield differ('another origin', data.origin, expected.origin);
  }
}
