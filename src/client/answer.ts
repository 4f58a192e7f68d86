/** The read station: judges what the relay answers and gives it the names of this side. */
import * as v from 'valibot';
import { ChallengeAnswer, FactorAnswer } from '../contract/resource.ts';
import { ceremony, type Step } from '../contract/route.ts';
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

export function readFactor(answer: unknown): Factor {
  const { output, success } = v.safeParse(FactorAnswer, answer);
  const { done } = ceremony.register;
  if (!success || output.status !== done) throw invalid('register');
  const {
    sid,
    identity,
    entity_sid: entitySid,
    friendly_name: friendlyName,
    date_created: dateCreated,
  } = output;
  return { sid, status: done, ...defined({ identity, entitySid, friendlyName, dateCreated }) };
}

export function readChallenge(answer: unknown): Challenge {
  const { output, success } = v.safeParse(ChallengeAnswer, answer);
  const { done } = ceremony.authenticate;
  if (!success || output.status !== done) throw invalid('authenticate');
  const { sid, identity, entity_sid: entitySid, factor_sid: factorSid, date_created: dateCreated } = output;
  return { sid, status: done, ...defined({ identity, entitySid, factorSid, dateCreated }) };
}

function invalid(step: Step): PasskeyError {
  const { finish, resource, done } = ceremony[step];
  return new PasskeyError('invalid_response', `${finish}: expected a ${resource} with status "${done}".`);
}

/** The members that have a value: absent is absent. */
export function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
