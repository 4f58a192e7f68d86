/** A passkey is made and signs in, and what the browser signed reaches Verify unchanged. */
import { expect, expectRecovery, test } from '../test.ts';

test('register() resolves to a verified Factor and authenticate() to an approved Challenge', async ({
  page,
  visit,
}) => {
  await visit();
  const factor = await page.evaluate(() => outcome(passkeys.register({ friendlyName: 'Laptop' })));
  const challenge = await page.evaluate(() => outcome(passkeys.authenticate()));
  expect(factor).toMatchObject({ value: { status: 'verified', friendlyName: 'Laptop' } });
  expect(challenge).toMatchObject({ value: { status: 'approved' } });
});

test('Verify gets what the browser signed byte for byte, as JSON encoded once, and nothing else', async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  const credentials = await page.evaluate(async () => {
    const seen: Record<string, unknown>[] = [];
    const text = (bytes: ArrayBuffer | null) =>
      btoa(String.fromCharCode(...new Uint8Array(bytes!)))
        .replace(/\+/g, '-')
        .replace(/\//g, '_')
        .replace(/=+$/, '');
    for (const name of ['create', 'get'] as const) {
      const native = navigator.credentials[name].bind(navigator.credentials);
      navigator.credentials[name] = async (options: never) => {
        const credential = (await native(options)) as PublicKeyCredential;
        const { id, rawId, type, authenticatorAttachment } = credential;
        const response = credential.response as AuthenticatorAttestationResponse &
          AuthenticatorAssertionResponse;
        const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = response;
        seen.push({
          ...{ id, rawId: text(rawId), authenticatorAttachment, type },
          response: {
            clientDataJSON: text(clientDataJSON),
            ...(name === 'create'
              ? { attestationObject: text(attestationObject), transports: response.getTransports() }
              : {
                  authenticatorData: text(authenticatorData),
                  signature: text(signature),
                  userHandle: text(userHandle),
                }),
          },
        });
        return credential;
      };
    }
    await passkeys.register();
    await passkeys.authenticate();
    return seen;
  });
  const sent = (route: string) => upstream.find(({ path }) => path.endsWith(`/${route}`))!;
  expect(JSON.parse(sent('VerifyFactor').body)).toStrictEqual(credentials[0]);
  expect(JSON.parse(sent('ApproveChallenge').body)).toStrictEqual(credentials[1]);
  expect(sent('VerifyFactor').headers['content-type']).toMatch(/^application\/json/);
});

test('authenticate() rejects with "cancelled" when this browser has no passkey', async ({ page, visit }) => {
  await visit();
  const ended = await page.evaluate(() => outcome(passkeys.authenticate()));
  expect(ended).toMatchObject({ code: 'cancelled', cause: expect.stringMatching(/^NotAllowedError/) });
  await expectRecovery(page);
});

test("authenticate() rejects with Verify's 60390 when Verify does not know the passkey", async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await visit();
  const ended = await page.evaluate(() => outcome(passkeys.authenticate()));
  expect(ended).toMatchObject({ code: 'rejected', rejection: { code: 60390, status: 404 } });
  await authenticator.clear();
  await expectRecovery(page);
});

test('register() rejects with "already_registered" when this authenticator holds a passkey of the user', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  const ended = await page.evaluate(() => outcome(passkeys.register()));
  expect(ended).toMatchObject({
    code: 'already_registered',
    cause: expect.stringMatching(/^InvalidStateError/),
  });
  expect(await authenticator.credentials()).toHaveLength(1);
  await expectRecovery(page);
});

for (const step of ['register', 'authenticate'] as const) {
  test(`${step}() rejects with "cancelled" when the Service requires user verification and it fails`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit({ emulator: { userVerification: 'required' } });
    if (step === 'authenticate') await page.evaluate(() => passkeys.register());
    await authenticator.setUserVerified(false);
    const ended = await page.evaluate((method) => outcome(passkeys[method]()), step);
    expect(ended).toMatchObject({ code: 'cancelled' });
    await authenticator.setUserVerified(true);
    await expectRecovery(page);
  });

  test(`${step}() rejects with "wrong_relying_party" when the Service's domain is not the page's`, async ({
    page,
    visit,
  }) => {
    await visit();
    const ended = await page.evaluate((method) => {
      const elsewhere = sdk.createPasskeys({
        baseUrl: '/passkeys',
        fetch: async (input, init) => {
          const answer = await (await fetch(input, init)).json();
          const { publicKey } = answer.options;
          Object.assign(
            publicKey,
            method === 'register' ? { rp: { id: 'example.com', name: 'Elsewhere' } } : {},
          );
          if (method === 'authenticate') publicKey.rpId = 'example.com';
          return Response.json(answer);
        },
      });
      return outcome(elsewhere[method]());
    }, step);
    expect(ended).toMatchObject({
      code: 'wrong_relying_party',
      cause: expect.stringMatching(/^SecurityError/),
    });
    await expectRecovery(page);
  });
}

test('if the Service requires a platform authenticator Chromium has one, and this Firefox rejects with "cancelled"', async ({
  page,
  visit,
  browserName,
}) => {
  await visit({ emulator: { authenticatorAttachment: 'platform' } });
  const ended = await page.evaluate(() => outcome(passkeys.register()));
  expect(ended).toMatchObject(
    browserName === 'firefox' ? { code: 'cancelled' } : { value: { status: 'verified' } },
  );
});

test('the ceremonies work with answers in the shapes that the published examples print', async ({
  page,
  visit,
}) => {
  await visit({ emulator: { quirks: 'published' } });
  await expectRecovery(page);
});

for (const shape of ['the whole answer', 'its options', 'bare options'] as const) {
  test(`createCredential() and getCredential() take ${shape}`, async ({ page, visit }) => {
    await visit();
    const ended = await page.evaluate(async (form) => {
      const post = async (route: string, body: unknown) => {
        const headers = { 'content-type': 'application/json' };
        const init = { method: 'POST', headers, body: JSON.stringify(body) };
        return (await fetch(`/passkeys/${route}`, init)).json();
      };
      const begin = async (route: string) => {
        const answer = await post(route, {});
        if (form === 'the whole answer') return answer;
        return form === 'its options' ? answer.options : answer.options.publicKey;
      };
      const { origin } = location;
      const made = await sdk.createCredential(await begin('Factors'));
      const factor = await post('VerifyFactor', made);
      const signed = await sdk.getCredential(await begin('Challenges'));
      const challenge = await post('ApproveChallenge', signed);
      const issues = [
        sdk.checkRegistration(made, { origin }),
        sdk.checkAuthentication(signed, { origin }),
      ].flat();
      return { factor: factor.status, challenge: challenge.status, issues };
    }, shape);
    expect(ended).toEqual({ factor: 'verified', challenge: 'approved', issues: [] });
  });
}
