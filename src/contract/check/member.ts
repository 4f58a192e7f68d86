/**
 * Every member of both credentials, in one table: the schemas in ../credential.ts judge a member, this table says what
 * the checks know about it. A member of a type that is not in this table, or a row that contradicts the type, does not
 * compile.
 */
import type { Ceremony } from '../ceremony.ts';
import { transports } from '../transport.ts';
import type { Rule } from './finding.ts';
import type { Member, MemberPath, Row } from './member-type.ts';

const members: { readonly [P in MemberPath]: Row<P> } = {
  id: {
    code: 60375,
    register: 'required',
    authenticate: 'required',
    form: 'base64url',
    aliases: ['credentialid'],
  },
  rawId: {
    code: 60376,
    register: 'required',
    authenticate: 'required',
    form: 'base64url',
    aliases: ['keyid'],
  },
  type: { code: 60434, register: 'optional', authenticate: 'optional', form: { oneOf: ['public-key'] } },
  authenticatorAttachment: {
    code: 60377,
    register: 'required',
    authenticate: 'required',
    form: { oneOf: ['platform', 'cross-platform'] },
    aliases: ['attachment'],
  },
  response: { code: 60378, register: 'required', authenticate: 'required', form: 'object' },
  'response.clientDataJSON': {
    code: 60380,
    register: 'required',
    authenticate: 'required',
    form: 'base64url',
    aliases: ['clientdata'],
  },
  'response.attestationObject': {
    code: 60386,
    within: {
      'another relying party': 60382,
      'authenticator data unreadable': 60387,
      'no attested credential': 60387,
      'public key unusable': 60385,
    },
    register: 'required',
    form: 'base64url',
    aliases: ['attestation'],
  },
  'response.transports': { code: 60378, register: 'optional', form: { listOf: transports } },
  'response.authenticatorData': {
    code: 60379,
    within: { 'another relying party': 60382 },
    authenticate: 'required',
    form: 'base64url',
    aliases: ['authdata'],
  },
  'response.signature': { code: 60381, authenticate: 'required', form: 'base64url', aliases: ['sig'] },
  'response.userHandle': { code: 60420, authenticate: 'optional', form: 'base64url', aliases: ['userid'] },
};

const table = Object.entries<Member>(members);
const inResponse = 'response.';

/** The names of the members at the top of a body, and of those under response. */
export const top = table.map(([path]) => path).filter((path) => !path.startsWith(inResponse));
export const nested = table
  .map(([path]) => path)
  .filter((path) => path.startsWith(inResponse))
  .map((path) => path.slice(inResponse.length));

const isMemberPath = (path: string): path is MemberPath => Object.hasOwn(members, path);

export const memberAt = (path: string): Member | undefined =>
  isMemberPath(path) ? members[path] : undefined;

/** The path of a member with this name. No name occurs both at the top and under response. */
export const pathOf = (name: string): string => (top.includes(name) ? name : inResponse + name);

/**
 * Twilio's number for a rule that is broken at a path. For the body as a whole it is 60380, which such a body most often
 * causes.
 */
export function codeOf(path: string, rule?: Rule): number {
  const member = memberAt(path);
  return (rule && member?.within?.[rule]) ?? member?.code ?? 60380;
}

/** The path of the member that one of Twilio's numbers is about in a ceremony; undefined if it is about no member. */
export const findPath = (ceremony: Ceremony, code: number): string | undefined =>
  table.find(
    ([, member]) =>
      member[ceremony] && (member.code === code || Object.values(member.within ?? {}).includes(code)),
  )?.[0];

/** The names under response that a ceremony requires. */
export const requiredOf = (ceremony: Ceremony): string[] =>
  nested.filter((name) => memberAt(pathOf(name))?.[ceremony] === 'required');

/** Those of the given names that are optional in a ceremony. */
export const optionalOf = (ceremony: Ceremony, names: string[]): string[] =>
  names.filter((name) => memberAt(pathOf(name))?.[ceremony] === 'optional');

/** Every name and alias in small letters, and the name that it means. */
const spellings = new Map(
  [...top, ...nested].flatMap((name) => [
    [name.toLowerCase(), name] as const,
    ...(memberAt(pathOf(name))?.aliases ?? []).map((alias) => [alias, name] as const),
  ]),
);

/** The name of the member that a key means, in any spelling; undefined if it means no member. */
export const findName = (key: string): string | undefined =>
  key.length > 40 ? undefined : spellings.get(key.replace(/[^a-z]/gi, '').toLowerCase());
