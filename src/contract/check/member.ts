/**
 * Every member of both credentials, in one table: the schemas in ../credential.ts judge a member, this table says what
 * the checks know about it. A member of a type that is not in this table, or a row that contradicts the type, does not
 * compile.
 */
import type { Ceremony } from '../ceremony.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../credential.ts';
import { transports } from '../transport.ts';
import type { Rule } from './issue.ts';

/** What the checks know about a member. */
export type Member = {
  /** Twilio's number for a fault in it: https://www.twilio.com/docs/api/errors/60380 and its neighbours. */
  code: number;
  /** Twilio's numbers for the rules about the bytes that it holds, where they are not `code`. */
  within?: Partial<Record<Rule, number>>;
  /** Whether VerifyFactor needs it; left out where VerifyFactor has no such member. */
  register?: Need;
  /** Whether ApproveChallenge needs it; left out where ApproveChallenge has no such member. */
  authenticate?: Need;
  form: Form;
  /** Other names that pages use for it, in small letters only: case, dashes and underscores do not matter. */
  aliases?: string[];
};

type Need = 'required' | 'optional';

/** How a member is written. `base64url` holds bytes; everything else is plain JSON. */
export type Form =
  | 'base64url'
  | 'text'
  | 'number'
  | 'boolean'
  | 'object'
  | { oneOf: readonly string[] }
  | { listOf: 'text' | readonly string[] };

type PathOf<C extends { response: object }> = keyof C | `response.${keyof C['response'] & string}`;

/** The path of a member: its name, after `response.` if it is a member of response. */
export type MemberPath = PathOf<RegistrationCredential> | PathOf<AuthenticationCredential>;

type Value<C extends { response: object }, P> = P extends keyof C
  ? C[P]
  : P extends `response.${infer N extends keyof C['response'] & string}`
    ? C['response'][N]
    : never;

/** The forms that a value of this type can have. */
type FormOf<T> = [T] extends [readonly string[]]
  ? string extends T[number]
    ? { listOf: 'text' }
    : { listOf: readonly T[number][] }
  : [T] extends [string]
    ? string extends T
      ? 'base64url' | 'text'
      : { oneOf: readonly T[] }
    : [T] extends [number]
      ? 'number'
      : [T] extends [boolean]
        ? 'boolean'
        : 'object';

/** A required member may have a default, as `type` has, so that a body may leave it out. */
type NeedOf<T> = undefined extends T ? 'optional' : Need;

/** The row of a member, as far as the types of the credentials decide it. */
type Row<P> = Omit<Member, Ceremony | 'form'> & {
  form: FormOf<NonNullable<Value<RegistrationCredential, P> | Value<AuthenticationCredential, P>>>;
} & {
  [C in Ceremony as [Value<Credential[C], P>] extends [never] ? never : C]: NeedOf<Value<Credential[C], P>>;
};

type Credential = { register: RegistrationCredential; authenticate: AuthenticationCredential };

const members: { readonly [P in MemberPath]: Row<P> } = {
  id: {
    code: 60375,
    register: 'required',
    authenticate: 'required',
    form: 'base64url',
    aliases: ['credentialid'],
  },
  rawId: { code: 60376, register: 'required', authenticate: 'required', form: 'base64url' },
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
