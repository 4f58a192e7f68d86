/** Judges a body by every rule, in the order in which Verify checks them: first its shape, then its bytes. */
import type { Ceremony } from '../ceremony.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../credential.ts';
import { judgeAssertion } from './assertion.ts';
import { judgeAttestation } from './attestation.ts';
import type { Expected } from './expected.ts';
import type { Finding } from './finding.ts';
import { type CredentialOf, judgeShape } from './shape.ts';

/**
 * The broken rules of a body, and the credential with only the members that Verify takes, if its bytes could be judged.
 * If no rule is broken, the credential is fit to send.
 */
export function judge<C extends Ceremony>(
  ceremony: C,
  body: unknown,
  expected: Expected = {},
): { findings: Finding[]; credential?: CredentialOf<C> } {
  const { findings, credential } = judgeShape(ceremony, body, expected);
  if (!credential) return { findings };
  const bytes = isRegistration(credential)
    ? judgeAttestation(credential, expected)
    : judgeAssertion(credential, expected);
  return { findings: [...findings, ...bytes], credential };
}

const isRegistration = (
  credential: RegistrationCredential | AuthenticationCredential,
): credential is RegistrationCredential => 'attestationObject' in credential.response;
