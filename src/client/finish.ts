/**
 * The last three stations: check, send and read. Loaded while the options are fetched, with the code that reads them.
 */
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import type { Expected } from '../contract/check/issue.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import type { CreationOptions, RequestOptions } from '../contract/options.ts';
import { type Challenge, type Factor, readApproval, readFactor } from './answer.ts';
import { check, expected, explained } from './check.ts';
import type { ExtensionResults } from './credential.ts';
import { isPasskeyError } from './error.ts';
import type { Pass } from './event.ts';
import { hint } from './hint.ts';
import type { Load } from './load.ts';
import type { Send } from './transport.ts';

export { loadJudge } from './check.ts';
export { demandOptions } from './options.ts';

/** What the last stations need to report, send and load, and the signal that ends them. */
type Tools = { pass: Pass; send: Send; load: Load; signal: AbortSignal | undefined };

export async function finishRegistration(
  tools: Tools,
  { challenge, rp }: CreationOptions,
  credential: RegistrationCredential & ExtensionResults,
  mediation: Expected['mediation'],
): Promise<Factor> {
  const wanted = { ...expected(credential, challenge, rp.id), mediation };
  try {
    const answer = await checkAndSend(tools, 'register', credential, wanted);
    const factor = await tools.pass('read', () => readFactor(answer));
    return { ...factor, ...resultsOf(credential) };
  } catch (error) {
    if (isRefused(error)) await tellUnknown(rp.id, credential);
    throw error;
  }
}

export async function finishAuthentication(
  tools: Tools,
  { challenge, rpId }: RequestOptions,
  credential: AuthenticationCredential & ExtensionResults,
): Promise<Challenge> {
  const wanted = expected(credential, challenge, rpId);
  try {
    const answer = await checkAndSend(tools, 'authenticate', credential, wanted);
    const { challenge: approved, names } = await tools.pass('read', () => readApproval(answer));
    if (names.user_name) await hint(({ signalNames }) => signalNames(rpId, approved.entitySid, names));
    return { ...approved, ...resultsOf(credential) };
  } catch (error) {
    // Only Verify's own refusal counts. The relay may not know a good passkey, and the user would lose it.
    if (isPasskeyError(error) && error.rejection?.code === 60390) await tellUnknown(rpId, credential);
    throw error;
  }
}

async function checkAndSend(
  { pass, send, load, signal }: Tools,
  ceremony: Ceremony,
  credential: RegistrationCredential | AuthenticationCredential,
  wanted: Expected,
): Promise<unknown> {
  await pass('check', () => check(load, ceremony, credential, wanted));
  return pass('send', () =>
    send({ route: ceremonies[ceremony].finish, json: credential }, signal).catch(async (error: unknown) => {
      throw await explained(load, error, ceremony, wanted);
    }),
  );
}

const resultsOf = ({ clientExtensionResults }: ExtensionResults): ExtensionResults =>
  clientExtensionResults ? { clientExtensionResults } : {};

/**
 * Whether a registration was refused for good, so that its passkey is useless. A late or lost answer and a failure of
 * the server (408, 5xx) do not mean that, nor do 60317 and 60383: the passkey exists or is verified already.
 */
export function isRefused(error: unknown): boolean {
  if (!isPasskeyError(error)) return false;
  const { status = 0, code = 0 } = error.rejection ?? {};
  const isAlive = code === 60317 || code === 60383;
  return error.code === 'invalid_credential' || (status >= 400 && status < 500 && status !== 408 && !isAlive);
}

const tellUnknown = (rpId: string | undefined, { id }: { id: string }) =>
  hint(({ signalUnknown }) => signalUnknown(rpId, id));
