/** The check station: judges what will leave, and after a refusal says what may be wrong with it. */
import type { Ceremony } from '../contract/ceremony.ts';
import type { Expected } from '../contract/check/issue.ts';
import { findCauses, judgeCredential, loadAttestation } from '../contract/check/lazy.ts';
import { readClientData } from '../contract/client-data.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { domain } from './domain.ts';
import { isPasskeyError, PasskeyError } from './error.ts';
import type { Load } from './load.ts';

type Credential = RegistrationCredential | AuthenticationCredential;

/** Judges exactly what will leave. */
export async function check(load: Load, ceremony: Ceremony, credential: Credential, wanted: Expected) {
  const judging = load(() => judgeCredential(ceremony, credential, wanted));
  const { issues } = await judging.catch((cause: unknown) => {
    throw new PasskeyError('invalid_credential', 'Nothing was sent: the credential is unfit.', { cause });
  });
  if (!issues?.[0]) return;
  const { message, fix } = issues[0];
  throw new PasskeyError('invalid_credential', `Nothing was sent: ${message} ${fix}`, { issues });
}

/** The same error, with what may be wrong with the credential where Verify refused that. */
export async function explained(
  load: Load,
  error: unknown,
  ceremony: Ceremony,
  credential: Credential,
  wanted: Expected,
): Promise<unknown> {
  if (!isPasskeyError(error) || error.code !== 'rejected') return error;
  const { message, rejection, cause } = error;
  const find = () => findCauses(ceremony, credential, wanted, rejection!.code);
  const issues = await load(find).catch(() => undefined);
  return issues ? new PasskeyError('rejected', message, { cause, rejection, issues }) : error;
}

/** Loads what will judge the answer of this ceremony. */
export async function loadJudge(ceremony: Ceremony): Promise<void> {
  if (ceremony === 'register') await loadAttestation();
}

/** What the credential should say. The options name the relying party, or leave it to be the page's domain. */
export function expected({ response }: Credential, challenge: string, rpId = domain()): Expected {
  const signed = readClientData(response.clientDataJSON)?.origin;
  // What an app's WebView signs (android:apk-key-hash:…) is not the page's origin: the server knows which app it takes.
  const isPage = !signed || /^https?:/.test(signed);
  return { challenge, rpId, origin: isPage ? self.origin : undefined };
}
