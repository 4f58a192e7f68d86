/** The check station: judges what will leave, and after a refusal says what may be wrong with it. */
import type { Step } from '../contract/ceremony.ts';
import type { Expected } from '../contract/check/shape.ts';
import { isPasskeyError, PasskeyError } from './error.ts';

/** Judges exactly what will leave. */
export async function check(step: Step, credential: object, wanted: Expected) {
  const { findIssues } = await import('../contract/check/lazy.ts');
  const issues = await findIssues(step, credential, wanted).catch((cause: unknown) => {
    throw new PasskeyError('invalid_credential', 'Nothing was sent: the credential is unfit.', { cause });
  });
  if (!issues[0]) return;
  const { message, fix } = issues[0];
  throw new PasskeyError('invalid_credential', `Nothing was sent: ${message} ${fix}`, { issues });
}

/** The same error, with what may be wrong with the credential where Verify refused that. */
export async function explained(
  error: unknown,
  step: Step,
  credential: object,
  wanted: Expected,
): Promise<unknown> {
  if (!isPasskeyError(error) || error.code !== 'rejected') return error;
  const { message, rejection, cause } = error;
  const { findCauses } = await import('../contract/check/lazy.ts');
  const issues = await findCauses(step, credential, wanted, rejection!.code).catch(() => undefined);
  return issues ? new PasskeyError('rejected', message, { cause, rejection, issues }) : error;
}

/** Loads what will judge the answer of this step. */
export async function loadJudge(step: Step): Promise<void> {
  const { loadAttestation } = await load(import('../contract/check/lazy.ts'));
  if (step === 'register') await load(loadAttestation());
}

/** Waits for a part of this package that a page does not need at first. */
export async function load<T>(part: Promise<T>): Promise<T> {
  return part.catch((cause: unknown) => {
    throw new PasskeyError('unreachable', 'A part of verify-passkeys could not be loaded.', { cause });
  });
}

/** A page knows its own origin; the options name the relying party, or leave it to be the page's domain. */
export function expected(challenge: string, rpId = location.hostname): Expected {
  return { challenge, rpId, origin: location.origin };
}
