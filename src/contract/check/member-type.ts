/**
 * The types of the table in member.ts. The types of the credentials decide which rows it has and what a row may say, so
 * that a wrong row does not compile.
 */
import type { Ceremony } from '../ceremony.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../credential.ts';
import type { Rule } from './finding.ts';

/** What the checks know about a member. */
export type Member = {
  /** Twilio's number for a fault in it: https://www.twilio.com/docs/api/errors/60380 and its neighbours. */
  code: number;
  /** Twilio's numbers for the rules about the bytes that it holds, if they are not `code`. */
  within?: Partial<Record<Rule, number>>;
  /** Whether VerifyFactor needs it; left out if VerifyFactor has no such member. */
  register?: Need;
  /** Whether ApproveChallenge needs it; left out if ApproveChallenge has no such member. */
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

type Credential = { register: RegistrationCredential; authenticate: AuthenticationCredential };

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
export type Row<P> = Omit<Member, Ceremony | 'form'> & {
  form: FormOf<NonNullable<Value<RegistrationCredential, P> | Value<AuthenticationCredential, P>>>;
} & {
  [C in Ceremony as [Value<Credential[C], P>] extends [never] ? never : C]: NeedOf<Value<Credential[C], P>>;
};
