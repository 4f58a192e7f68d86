/** The read station: judges what the relay answers and gives it the names of this side. */
import * as v from 'valibot';
import { ChallengeAnswer, FactorAnswer, PasskeyAnswer } from '../contract/resource.ts';
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

/** One of the signed-in user's passkeys; `sid` is its Factor's. `dateCreated` is ISO 8601. */
export type Passkey = { sid: string; friendlyName?: string; credentialId?: string; dateCreated?: string };

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

/** A passkey with what the browser must be told of it. */
export type Managed = { passkey: Passkey; rpId: string | undefined; entitySid: string | undefined };

export function readPasskeys(answer: unknown): Managed[] {
  const { output, success } = v.safeParse(v.object({ factors: v.array(PasskeyAnswer) }), answer);
  if (!success) throw new PasskeyError('invalid_response', 'Factors: expected { factors: [{ sid, … }] }.');
  return output.factors.map(toManaged);
}

export function readPasskey(answer: unknown): Managed {
  const { output, success } = v.safeParse(PasskeyAnswer, answer);
  if (!success) throw new PasskeyError('invalid_response', 'Factors: expected a passkey { sid, … }.');
  return toManaged(output);
}

function toManaged({ sid, rp_id, entity_sid, ...named }: v.InferOutput<typeof PasskeyAnswer>): Managed {
  const { friendly_name: friendlyName, credential_id: credentialId, date_created: dateCreated } = named;
  return {
    passkey: { sid, ...defined({ friendlyName, credentialId, dateCreated }) },
    rpId: rp_id,
    entitySid: entity_sid,
  };
}

/** The members that have a value: absent is absent. */
function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
