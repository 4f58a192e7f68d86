/**
 * Judges first the shape, then the bytes. Both judge.ts, which has every rule loaded, and lazy.ts, which loads some rules
 * later, use it, so that their verdicts are the same.
 */
import type { Ceremony } from '../ceremony.ts';
import type { AuthenticationCredential, RegistrationCredential } from '../credential.ts';
import { judgeAssertion } from './assertion.ts';
import type { Wanted } from './authenticator-data.ts';
import type { Finding, Issue, Rule } from './issue.ts';
import { type CredentialOf, judgeShape } from './shape.ts';

/** A credential that is fit to send, with only the members that Verify takes, or what is wrong with the body. */
export type Verdict<C extends Ceremony> =
  | { credential: CredentialOf<C>; issues?: undefined; rules?: undefined }
  | { credential?: undefined; issues: Issue[]; rules: Rule[] };

/** The broken rules in the order in which Verify checks them, and the credential if its bytes could be judged. */
export type Judged<C extends Ceremony> = { findings: Finding[]; credential?: CredentialOf<C> };

type JudgeAttestation = (credential: RegistrationCredential, wanted: Wanted) => Iterable<Finding>;

/** Judges a body by every rule. The attestation's rules are passed in, since a sign-in does not load them. */
export function judgeWith<C extends Ceremony>(
  judgeAttestation: JudgeAttestation,
  ceremony: C,
  body: unknown,
  wanted: Wanted,
): Judged<C> {
  const { findings, credential } = judgeShape(ceremony, body, wanted);
  if (!credential) return { findings };
  const bytes = isRegistration(credential)
    ? judgeAttestation(credential, wanted)
    : judgeAssertion(credential, wanted);
  return { findings: [...findings, ...bytes], credential };
}

const isRegistration = (
  credential: RegistrationCredential | AuthenticationCredential,
): credential is RegistrationCredential => 'attestationObject' in credential.response;
