/** The read station: judges what the relay answers and gives it the names of this side. */
import * as v from 'valibot';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { ChallengeAnswer, FactorAnswer } from '../contract/resource.ts';
import { PasskeyError } from './error.ts';

/** A passkey that Verify has verified. `dateCreated` is ISO 8601. */
export type Factor = {
  sid: string;
  status: 'verified';
  identity?: string;
  entitySid?: string;
  friendlyName?: string;
  dateCreated?: string;
};

/** A sign-in that Verify has approved. `dateCreated` is ISO 8601. */
export type Challenge = {
  sid: string;
  status: 'approved';
  identity?: string;
  entitySid?: string;
  factorSid?: string;
  dateCreated?: string;
};

export const readFactor = (answer: unknown) => read('register', FactorAnswer, answer) as Factor;
export const readChallenge = (answer: unknown) => read('authenticate', ChallengeAnswer, answer) as Challenge;

function read(
  ceremony: Ceremony,
  schema: typeof FactorAnswer | typeof ChallengeAnswer,
  answer: unknown,
): object {
  const { output, success } = v.safeParse(schema, answer);
  const { finish, resource, done } = ceremonies[ceremony];
  if (success && output.status === done) return toCamelCase(output);
  throw new PasskeyError('invalid_response', `${finish}: expected a ${resource} with status "${done}".`);
}

/** The members that have a value, under the names of this side. */
export function toCamelCase(fields: object): object {
  const members = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    members.map(([name, value]) => [name.replace(/_./g, (part) => part[1]!.toUpperCase()), value]),
  );
}
