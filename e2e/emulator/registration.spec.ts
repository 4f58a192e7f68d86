/** The emulator creates, verifies and refuses Factors as Verify does. */
import { expect, test } from '@playwright/test';
import { playVerify, refusal, relyingParty } from '../play-verify.ts';
import { createAuthenticator, encode, flag } from '../software-authenticator.ts';
import { accountSid, identity, serviceSid } from '../world.ts';

const noon = Date.parse('2026-01-31T12:00:00.000Z');
const minutes = 60_000;
const hours = 60 * minutes;

const config = {
  relying_party: relyingParty,
  authenticator_attachment: 'platform',
  discoverable_credentials: 'preferred',
  user_verification: 'preferred',
};

/** A Factor with every field that Verify returns. */
const factor = {
  sid: expect.stringMatching(/^YF[0-9a-f]{32}$/),
  account_sid: accountSid,
  service_sid: serviceSid,
  entity_sid: expect.stringMatching(/^YE[0-9a-f]{32}$/),
  identity,
  date_created: '2026-01-31T12:00:00.000Z',
  date_updated: '2026-01-31T12:00:00.000Z',
  friendly_name: 'Laptop',
  status: 'unverified',
  factor_type: 'passkeys',
  config,
  metadata: null,
  url: expect.stringMatching(
    new RegExp(
      `^https://verify.twilio.com/v2/Services/${serviceSid}/Entities/${identity}/Factors/YF\\w{32}$`,
    ),
  ),
};

/** The metadata of a verified Factor that has not approved a Challenge yet. */
const metadata = { aaguid: '00000000-0000-0000-0000-000000000000', date_last_approved: null };

test('a new Factor is unverified, with every field that Verify returns and the creation options', async () => {
  const { status, body } = await playVerify({ now: () => noon }).beginFactor();
  expect(status).toBe(201);
  expect(body).toEqual({
    ...factor,
    binding: null,
    options: {
      publicKey: {
        rp: { id: 'example.com', name: 'Example' },
        user: { id: encode(body.entity_sid), name: 'Laptop', displayName: 'Laptop' },
        challenge: encode(body.sid),
        pubKeyCredParams: [
          { type: 'public-key', alg: -7 },
          { type: 'public-key', alg: -257 },
        ],
        timeout: 600_000,
        excludeCredentials: [],
        authenticatorSelection: {
          authenticatorAttachment: 'platform',
          requireResidentKey: false,
          residentKey: 'preferred',
          userVerification: 'preferred',
        },
        attestation: 'none',
      },
    },
  });
});

for (const algorithm of ['ES256', 'RS256'] as const) {
  test(`VerifyFactor answers a valid ${algorithm} attestation with the verified Factor`, async () => {
    let now = noon;
    const verify = playVerify({ now: () => now });
    const { body } = await verify.beginFactor();
    now += 10 * minutes;
    const credential = (await createAuthenticator(algorithm)).register(body.options.publicKey.challenge);
    expect(await verify.verifyFactor(credential)).toMatchObject({ status: 200 });
    const { body: read } = await verify.call(`/Entities/${identity}/Factors/${body.sid}`);
    expect(read).toEqual({
      ...factor,
      sid: body.sid,
      status: 'verified',
      metadata,
      date_updated: '2026-01-31T12:10:00.000Z',
    });
  });
}

test('VerifyFactor answers with the same Factor, without options or binding', async () => {
  const { answer } = await playVerify({ now: () => noon }).register();
  expect(answer.body).toEqual({ ...factor, status: 'verified', metadata });
});

test("a second Factor of an identity excludes the identity's passkeys, by id and transports", async () => {
  const verify = playVerify();
  const { authenticator, answer } = await verify.register();
  const { body } = await verify.beginFactor();
  expect(body.entity_sid).toBe(answer.body.entity_sid);
  expect(body.options.publicKey.excludeCredentials).toEqual([
    { id: authenticator.id, type: 'public-key', transports: ['internal'] },
  ]);
});

test('rawId may be the bytes of id in hex, as in the published example', async () => {
  const verify = playVerify();
  const { body } = await verify.beginFactor();
  const credential = (await createAuthenticator()).register(body.options.publicKey.challenge);
  const rawId = Buffer.from(credential.id, 'base64url').toString('hex');
  expect(await verify.verifyFactor({ ...credential, rawId })).toMatchObject({ status: 200 });
});

const beginnings = [
  ['no identity', 60367, { identity: undefined }],
  ['an identity that is not a string', 60367, { identity: 12345678 }],
  ['an empty identity', 60367, { identity: '' }],
  ['an identity of 7 characters', 60420, { identity: '1234567' }],
  ['an identity of 65 characters', 60420, { identity: 'a'.repeat(65) }],
  ['an e-mail address as identity', 60420, { identity: 'ada@example.com' }],
  ['no friendly_name', 60388, { friendly_name: undefined }],
  ['an empty friendly_name', 60388, { friendly_name: '' }],
  ['a friendly_name of 65 characters', 60300, { friendly_name: 'a'.repeat(65) }],
  ['a config that is not an object', 60370, { config: 'platform' }],
  ['an empty config', 60393, { config: {} }],
  ['a config with an unknown attachment', 60370, { config: { ...config, authenticator_attachment: 'usb' } }],
  ['a config with an unknown preference', 60370, { config: { ...config, user_verification: 'yes' } }],
  ['a relying party without origins', 60371, { config: { ...config, relying_party: { id: 'example.com' } } }],
  [
    'a relying party id with a scheme',
    60372,
    { config: { ...config, relying_party: { ...relyingParty, id: 'https://example.com' } } },
  ],
] as const;

for (const [what, code, fields] of beginnings) {
  test(`a new Factor with ${what} is refused with ${code}`, async () => {
    expect(await playVerify().beginFactor(fields)).toMatchObject(refusal(code, 400));
  });
}

test('60393 names the missing criteria, and does not fill config in from the Service', async () => {
  const { body } = await playVerify().beginFactor({ config: { user_verification: 'required' } });
  expect(body).toMatchObject({ code: 60393 });
  expect(body.message).toContain('authenticator_attachment, discoverable_credentials');
  expect(body.message).not.toContain('user_verification');
});

test('a Service without criteria refuses a Factor without config with 60393, and accepts one with it', async () => {
  const verify = playVerify({
    authenticatorAttachment: undefined as never,
    discoverableCredentials: undefined as never,
    userVerification: undefined as never,
  });
  expect(await verify.beginFactor()).toMatchObject(refusal(60393, 400));
  const anywhere = { ...config, authenticator_attachment: 'any', discoverable_credentials: 'required' };
  const { status, body } = await verify.beginFactor({ config: anywhere });
  expect(status).toBe(201);
  expect(body.config).toEqual(anywhere);
  // WebAuthn has no word for "any", so the member is left out.
  expect(body.options.publicKey.authenticatorSelection).toEqual({
    requireResidentKey: true,
    residentKey: 'required',
    userVerification: 'preferred',
  });
});

test('an attestation is checked against the relying party of its Factor', async () => {
  const own = { id: 'other.example', name: 'Other', origins: ['https://other.example'] };
  const fields = { config: { ...config, relying_party: own } };
  const verify = playVerify();
  const theirs = { origin: 'https://other.example', rpId: 'other.example' };
  expect((await verify.register(undefined, theirs, fields)).answer).toMatchObject({ status: 200 });
  expect((await verify.register(undefined, undefined, fields)).answer).toMatchObject(refusal(60380, 400));
});

test('the 101st Factor of an Entity in a day is refused with 60326, and accepted a day later', async () => {
  let now = noon;
  const verify = playVerify({ now: () => now });
  for (let made = 0; made < 100; made++) expect((await verify.beginFactor()).status).toBe(201);
  expect(await verify.beginFactor()).toMatchObject(refusal(60326, 429));
  now += 24 * hours;
  expect((await verify.beginFactor()).status).toBe(201);
});

test('VerifyFactor refuses a Factor that does not exist with 60390', async () => {
  const credential = (await createAuthenticator()).register(encode(`YF${'0'.repeat(32)}`));
  expect(await playVerify().verifyFactor(credential)).toMatchObject(refusal(60390, 404));
});

const wishes = [
  ['of another origin', 60380, 400, { origin: 'https://evil.example' }],
  ['of the origin with another port', 60380, 400, { origin: 'https://login.example.com:8443' }],
  ['of the other ceremony', 60380, 400, { type: 'webauthn.get' }],
  ['of another relying party', 60382, 403, { rpId: 'other.example' }],
  ['without attested credential data', 60387, 400, { flags: flag.userPresent }],
] as const;

for (const [what, code, status, wish] of wishes) {
  test(`VerifyFactor refuses an attestation ${what} with ${code}`, async () => {
    expect((await playVerify().register(undefined, wish)).answer).toMatchObject(refusal(code, status));
  });
}

test('VerifyFactor accepts a passkey that was created without asking the user', async () => {
  const { answer } = await playVerify().register(undefined, { flags: flag.attested });
  expect(answer).toMatchObject({ status: 200, body: { status: 'verified' } });
});

test('VerifyFactor refuses a passkey created without asking the user with 60386 when silentRegistration is "refused"', async () => {
  const verify = playVerify({ silentRegistration: 'refused' });
  const { answer } = await verify.register(undefined, { flags: flag.attested });
  expect(answer).toMatchObject(refusal(60386, 400));
  expect((await verify.register()).answer.status).toBe(200);
});

test('VerifyFactor refuses a passkey created without asking the user with 60311 when user verification is required', async () => {
  const verify = playVerify({ userVerification: 'required' });
  const { answer } = await verify.register(undefined, { flags: flag.attested });
  expect(answer).toMatchObject(refusal(60311, 403));
});

test('VerifyFactor refuses an attestation without user verification with 60311 when that is required', async () => {
  const verify = playVerify({ userVerification: 'required' });
  const { answer } = await verify.register(undefined, { flags: flag.userPresent | flag.attested });
  expect(answer).toMatchObject(refusal(60311, 403));
  expect((await verify.register()).answer.status).toBe(200);
});

test('VerifyFactor refuses a Factor that is already verified with 60383', async () => {
  const verify = playVerify();
  const { credential } = await verify.register();
  expect(await verify.verifyFactor(credential)).toMatchObject(refusal(60383, 403));
});

test('VerifyFactor refuses a passkey that another Factor holds with 60317', async () => {
  const verify = playVerify();
  const { authenticator } = await verify.register();
  expect((await verify.register(authenticator)).answer).toMatchObject(refusal(60317, 409));
});

test('VerifyFactor refuses options older than 10 minutes with 60323', async () => {
  let now = noon;
  const verify = playVerify({ now: () => now });
  const { body } = await verify.beginFactor();
  const credential = (await createAuthenticator()).register(body.options.publicKey.challenge);
  now += 10 * minutes + 1;
  expect(await verify.verifyFactor(credential)).toMatchObject(refusal(60323, 403));
});

test('an unverified Factor is removed after a day: VerifyFactor answers 60390', async () => {
  let now = noon;
  const verify = playVerify({ now: () => now });
  const { body } = await verify.beginFactor();
  const credential = (await createAuthenticator()).register(body.options.publicKey.challenge);
  now += 24 * hours + 1;
  expect(await verify.verifyFactor(credential)).toMatchObject(refusal(60390, 404));
});

test("quirks: 'published' answers a new Factor with one object as pubKeyCredParams", async () => {
  const { body } = await playVerify({ quirks: 'published' }).beginFactor();
  expect(body.options.publicKey.pubKeyCredParams).toEqual({ type: 'public-key', alg: -7 });
});
