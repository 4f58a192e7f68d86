/** The check station: judges the credential before it is sent, and says after a refusal what may be wrong. */
import type { Ceremony } from '../contract/ceremony.ts';
import type { Expected } from '../contract/check/issue.ts';
import { findCauses, judgeCredential, loadAttestation } from '../contract/check/lazy.ts';
import { readClientData } from '../contract/client-data.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { domain } from './domain.ts';
import { isPasskeyError, PasskeyError } from './error.ts';
import type { Load } from './load.ts';

type Credential = RegistrationCredential | AuthenticationCredential;

/** Judges exactly what will be sent. */
export async function check(load: Load, ceremony: Ceremony, credential: Credential, wanted: Expected) {
  const judging = load(() => judgeCredential(ceremony, credential, wanted));
  const { issues } = await judging.catch((cause: unknown) => {
    throw new PasskeyError('invalid_credential', 'Nothing was sent: the check failed.', { cause });
  });
  if (!issues?.[0]) return;
  const { message, fix } = issues[0];
  throw new PasskeyError('invalid_credential', `Nothing was sent: ${message} ${fix}`, { issues });
}

/** Gives the same error. Where Verify refused the credential, adds the issues that may be the reason. */
export async function explained(
  load: Load,
  error: unknown,
  ceremony: Ceremony,
  wanted: Expected,
): Promise<unknown> {
  if (!isPasskeyError(error) || error.code !== 'rejected') return error;
  const { message, rejection, cause } = error;
  // Every error with the code "rejected" has a rejection.
  const find = () => findCauses(ceremony, wanted, rejection!.code);
  const issues = await load(find).catch(() => undefined);
  return issues ? new PasskeyError('rejected', message, { cause, rejection, issues }) : error;
}

/** Loads the part that judges this ceremony's credential. */
export async function loadJudge(ceremony: Ceremony): Promise<void> {
  if (ceremony === 'register') await loadAttestation();
}

/** What the credential must contain. Options without a relying party mean the page's domain. */
export function expected({ response }: Credential, challenge: string, rpId = domain()): Expected {
  const signed = readClientData(response.clientDataJSON)?.origin;
  // An app's WebView signs the app's hash (android:apk-key-hash:…) as the origin. Only the server knows its apps.
  const isPage = !signed || /^https?:/.test(signed);
  return { challenge, rpId, origin: isPage ? self.origin : undefined };
}
