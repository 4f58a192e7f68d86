/** Judges everything but the authenticator's bytes: members, encodings, ids and the client data. */

import * as v from 'valibot';
import { type Ceremony, ceremonies } from '../ceremony.ts';
import { readSid } from '../challenge.ts';
import { readClientData } from '../client-data.ts';
import { AuthenticationSchema, RegistrationSchema } from '../credential.ts';
import { isObject } from '../json.ts';
import { isMadeUpAttachment } from './attachment.ts';
import type { Expected } from './expected.ts';
import { broken, type Finding, type Rule } from './finding.ts';
import { findName, nested, optionalOf, pathOf, top } from './member.ts';

const schemas = { register: RegistrationSchema, authenticate: AuthenticationSchema };

/** The credential that finishes a ceremony. */
export type CredentialOf<C extends Ceremony> = v.InferOutput<(typeof schemas)[C]>;

/** The broken rules of the shape, and the credential if its bytes can be judged. */
export function judgeShape<C extends Ceremony>(
  ceremony: C,
  body: unknown,
  expected: Expected,
): { findings: Finding[]; credential?: CredentialOf<C> } {
  // JSON.stringify writes own members only, so inherited members would not be sent.
  const own = ownMembers(body);
  if (isObject(own) && own.response) own.response = ownMembers(own.response);
  const shape = v.safeParse(schemas[ceremony], own);
  const paths = shape.success
    ? findMisspelled(ceremony, own)
    : shape.issues.map(({ path = [] }) =>
        path
          .slice(0, 2)
          .map(({ key }) => key)
          .join('.'),
      );
  if (!shape.success || paths.length > 0) {
    return { findings: [...new Set(paths)].map((path) => broken('shape', path)) };
  }
  const credential = shape.output;
  const { id, rawId, response } = credential;
  const findings = id === rawId ? [] : [broken('ids differ', 'rawId')];
  if (isMadeUpAttachment(credential)) findings.push(broken('shape', 'authenticatorAttachment'));
  return {
    findings: [...findings, ...judgeClientData(ceremony, response.clientDataJSON, expected)],
    credential,
  };
}

const ownMembers = (value: unknown): unknown => (typeof value === 'object' && value ? { ...value } : value);

/** The paths of optional members that the body has in another spelling. Verify would ignore them silently. */
function findMisspelled(ceremony: Ceremony, body: unknown): string[] {
  const lost = (object: unknown, names: string[]) =>
    optionalOf(ceremony, names).filter(
      (name) =>
        isObject(object) &&
        !Object.hasOwn(object, name) &&
        Object.keys(object).some((key) => findName(key) === name),
    );
  return [...lost(body, top), ...lost(isObject(body) && body.response, nested)].map(pathOf);
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
  const differ = (rule: Rule, received: string, wanted = '') => ({
    ...broken(rule, path),
    received,
    expected: wanted,
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
