/** The check station: judges the credential before it is sent, and says after a refusal what may be wrong. */
import type { Ceremony } from '../contract/ceremony.ts';
import type { Expected } from '../contract/check/expected.ts';
import type { Finding } from '../contract/check/finding.ts';
import type { Issue } from '../contract/check/issue.ts';
import { judge } from '../contract/check/judge.ts';
import { readClientData } from '../contract/client-data.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../contract/credential.ts';
import { domain } from './domain.ts';
import { createError, isPasskeyError } from './error.ts';
import type { Load } from './load.ts';

type Credential = RegistrationCredential | AuthenticationCredential;

/**
 * Explanations load only after something went wrong, and nothing else waits for them. The import() saves 5,300 bytes of
 * the part that every ceremony loads, by `npm run size` in Vite.
 */
const loadExplanations = (load: Load) => load(() => import('../contract/check/explain.ts'));

/** Judges exactly what will be sent. */
export async function check(
  load: Load,
  ceremony: Ceremony,
  credential: Credential,
  wanted: Expected,
): Promise<void> {
  const { findings } = judge(ceremony, credential, wanted);
  if (findings.length === 0) return;
  const { issues } = await loadExplanations(load).then(
    ({ explain }) => explain(ceremony, credential, wanted, findings),
    () => ({ issues: findings.map(unexplained) }),
  );
  const { message, fix } = issues[0]!; // A finding has at least one issue.
  throw createError('invalid_credential', `Nothing was sent: ${message} ${fix}`, { issues });
}

/** Rethrows the error of a refused call. Adds to a refusal by Verify the issues that may explain it. */
export const explainRejected =
  (load: Load, ceremony: Ceremony, wanted: Expected) =>
  async (error: unknown): Promise<never> => {
    if (!isPasskeyError(error) || error.code !== 'rejected') throw error;
    const { message, rejection, cause } = error;
    const issues = await loadExplanations(load).then(
      ({ explainRefusal }) => explainRefusal(ceremony, wanted, rejection.code),
      () => undefined,
    );
    throw issues ? createError('rejected', message, { cause, rejection, issues }) : error;
  };

/** What can be said of a broken rule without the explanations, which a deploy may have removed. */
const unexplained = ({ path, code, rule }: Finding): Issue => ({
  path,
  code,
  message: `${path || 'The body'} breaks the rule "${rule}".`,
  fix: 'Reload the page: the part of verify-passkeys that explains it could not be loaded.',
});

/** What the credential must contain. Options without a relying party mean the page's domain. */
export function expectedOf({ response }: Credential, challenge: string, rpId = domain()): Expected {
  const signed = readClientData(response.clientDataJSON)?.origin;
  // An app's WebView signs the app's hash (android:apk-key-hash:…) as the origin. Only the server knows its apps.
  const isPage = !signed || /^https?:/.test(signed);
  return { challenge, rpId, origin: isPage ? self.origin : undefined };
}
