/** The check accepts the test vectors of WebAuthn Level 3, section 16: https://www.w3.org/TR/webauthn-3/#sctn-test-vectors */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import {
  type AuthenticationCredential,
  checkAuthentication,
  checkRegistration,
  type RegistrationCredential,
} from 'verify-passkeys';
import { sign } from '../credential.ts';
import { encode } from '../software-authenticator.ts';

type Vector = {
  title: string;
  id: string;
  registration: { clientDataJSON: string; attestationObject: string };
  authentication: { clientDataJSON: string; authenticatorData: string; signature: string };
};

/** Copied from the specification, with bytes in base64url. */
const vectors: Vector[] = JSON.parse(readFileSync('e2e/fixtures/w3c.json', 'utf8'));

const expected = { origin: 'https://example.org', rpId: 'example.org' };

/** Replaces the challenge by a SID, since Verify's challenges are SIDs. The check does not verify the signature. */
const answer = (letters: string) =>
  sign((data) => ({ ...data, challenge: encode(letters + '0123456789abcdef'.repeat(2)) }));

test('the specification has fifteen test vectors', () => expect(vectors).toHaveLength(15));

for (const { title, id, registration, authentication } of vectors) {
  const head = { id, rawId: id, type: 'public-key', authenticatorAttachment: 'platform' } as const;

  test(`the checks accept the test vector "${title}"`, () => {
    const created: RegistrationCredential = { ...head, response: registration };
    expect(checkRegistration(answer('YF')(created), expected)).toEqual([]);
    const signed: AuthenticationCredential = { ...head, response: authentication };
    expect(checkAuthentication(answer('YC')(signed), expected)).toEqual([]);
  });
}
