/** The read station: checks the relay's answer and turns its wire names into camelCase. */
import * as v from 'valibot';
import { ceremonies } from '../contract/ceremony.ts';
import { ApprovalAnswer, RegistrationAnswer } from '../contract/passkey.ts';
import { createError, type PasskeyError } from './error.ts';
import type { UserNames } from './signal-api.ts';

/** A passkey that Verify has verified. */
export type Factor = {
  /** The Factor's SID: `YF` and 32 hex digits. */
  sid: string;
  /** Always `verified`. An answer with another status is an `invalid_response`. */
  status: 'verified';
  /** The user that the passkey belongs to, as the relay's `identify()` named them. */
  identity?: string | undefined;
  /** The SID of the user's Entity at Verify: `YE` and 32 hex digits. */
  entitySid?: string | undefined;
  /** The passkey's nickname, 1 to 64 UTF-16 code units. */
  friendlyName?: string | undefined;
  /** When the passkey was made, in ISO 8601. */
  dateCreated?: string | undefined;
  /** The extensions' results as the browser gave them, if the page asked for any. They never leave the page. */
  readonly clientExtensionResults?: AuthenticationExtensionsClientOutputs;
};

/** A sign-in that Verify has approved. */
export type Challenge = {
  /** The Challenge's SID: `YC` and 32 hex digits. */
  sid: string;
  /** Always `approved`. An answer with another status is an `invalid_response`. */
  status: 'approved';
  /** The user who signed in. */
  identity?: string | undefined;
  /** The SID of the user's Entity at Verify: `YE` and 32 hex digits. */
  entitySid?: string | undefined;
  /** The SID of the passkey's Factor, if Verify or the relay knows it: `YF` and 32 hex digits. */
  factorSid?: string | undefined;
  /** When the Challenge was made, in ISO 8601. */
  dateCreated?: string | undefined;
  /**
   * Whether the passkey is in this device (`platform`) or in another one, such as a phone or a security key
   * (`cross-platform`), as the browser said; undefined if it did not say. It is not signed: a hint for what to offer
   * next, never for security.
   */
  authenticatorAttachment?: 'platform' | 'cross-platform' | undefined;
  /** The extensions' results as the browser gave them, if the page asked for any. They never leave the page. */
  readonly clientExtensionResults?: AuthenticationExtensionsClientOutputs;
};

export function readFactor(answer: unknown): Factor {
  const { output, success } = v.safeParse(RegistrationAnswer, answer);
  if (!success || output.status !== 'verified') throw invalidAnswer('register');
  const { sid, status, identity } = output;
  return {
    sid,
    status,
    identity,
    entitySid: output.entity_sid,
    friendlyName: output.friendly_name,
    dateCreated: output.date_created,
  };
}

export function readApproval(answer: unknown): { challenge: Challenge; names: UserNames } {
  const { output, success } = v.safeParse(ApprovalAnswer, answer);
  if (!success || output.status !== 'approved') throw invalidAnswer('authenticate');
  const { sid, status, identity } = output;
  const challenge = {
    sid,
    status,
    identity,
    entitySid: output.entity_sid,
    factorSid: output.factor_sid,
    dateCreated: output.date_created,
  };
  return { challenge, names: output };
}

function invalidAnswer(ceremony: keyof typeof ceremonies): PasskeyError {
  const { finish, resource, done } = ceremonies[ceremony];
  return createError('invalid_response', `${finish}: expected a ${resource} with status "${done}".`);
}
