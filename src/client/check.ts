/** The check station: judges what will leave, and after a refusal says what may be wrong with it. */

import type { Ceremony } from '../contract/ceremony.ts';
import type { Expected } from '../contract/check/shape.ts';
import { isPasskeyError, PasskeyError } from './error.ts';
import { load } from './load.ts';

/** Judges exactly what will leave. */
export async function check(ceremony: Ceremony, credential: object, wanted: Expected) {
  const { findIssues } = await import('../contract/check/lazy.ts');
  const issues = await findIssues(ceremony, credential, wanted).catch((cause: unknown) => {
    throw new PasskeyError('invalid_credential', 'Nothing was sent: the credential is unfit.', { cause });
  });
  if (!issues[0]) return;
  const { message, fix } = issues[0];
  throw new PasskeyError('invalid_credential', `Nothing was sent: ${message} ${fix}`, { issues });
}

/** The same error, with what may be wrong with the credential where Verify refused that. */
export async function explained(
  error: unknown,
  ceremony: Ceremony,
  credential: object,
  wanted: Expected,
): Promise<unknown> {
  if (!isPasskeyError(error) || error.code !== 'rejected') return error;
  const { message, rejection, cause } = error;
  const { findCauses } = await import('../contract/check/lazy.ts');
  const issues = await findCauses(ceremony, credential, wanted, rejection!.code).catch(() => undefined);
  return issues ? new PasskeyError('rejected', message, { cause, rejection, issues }) : error;
}

/** Loads what will judge the answer of this ceremony. */
export async function loadJudge(ceremony: Ceremony): Promise<void> {
  const { loadAttestation } = await load(import('../contract/check/lazy.ts'));
  if (ceremony === 'register') await load(loadAttestation());
}

/** A page knows its own origin; the options name the relying party, or leave it to be the page's domain. */
export function expected(challenge: string, rpId = location.hostname): Expected {
  return { challenge, rpId, origin: location.origin };
}
