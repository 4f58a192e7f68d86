/** The emulator creates, approves and refuses Challenges as Verify does. */
import { expect, test } from '@playwright/test';
import { playVerify, refusal } from '../play-verify.ts';
import { createAuthenticator, encode, flag } from '../software-authenticator.ts';
import { accountSid, identity, serviceSid } from '../world.ts';

const noon = Date.parse('2026-01-31T12:00:00.000Z');
const minutes = 60_000;

/** A Challenge with every field that Verify returns. */
const challenge = {
  sid: expect.stringMatching(/^YC[0-9a-f]{32}$/),
  account_sid: accountSid,
  service_sid: serviceSid,
  entity_sid: '',
  identity: '',
  factor_sid: '',
  date_created: '2026-01-31T12:00:00.000Z',
  date_updated: '2026-01-31T12:00:00.000Z',
  date_responded: null,
  expiration_date: '2026-01-31T12:05:00.000Z',
  status: 'pending',
  responded_reason: 'none',
  details: null,
  hidden_details: null,
  metadata: null,
  factor_type: 'passkeys',
  url: `https://verify.twilio.com/v2/Services/${serviceSid}/Passkeys/Challenges`,
  links: null,
};

const options = (sid: string, allowCredentials: object[] = []) => ({
  publicKey: {
    challenge: encode(sid),
    rpId: 'example.com',
    allowCredentials,
    userVerification: 'preferred',
    timeout: 300_000,
  },
});

test('a discoverable Challenge has no identity, every field that Verify returns, and the request options', async () => {
  const { status, body } = await playVerify({ now: () => noon }).beginChallenge();
  expect(status).toBe(201);
  expect(body).toEqual({ ...challenge, options: options(body.sid) });
});

test("a Challenge for an identity allows the identity's passkeys, and one for a Factor allows only that Factor's", async () => {
  const verify = playVerify({ now: () => noon });
  const first = await verify.register();
  const second = await verify.register();
  const allowed = [first, second].map(({ authenticator: { id } }) => ({
    id,
    type: 'public-key',
    transports: ['internal'],
  }));
  const { sid, entity_sid } = first.answer.body;
  const whole = await verify.beginChallenge({ identity });
  expect(whole.body).toEqual({
    ...challenge,
    identity,
    entity_sid,
    options: options(whole.body.sid, allowed),
  });
  const one = await verify.beginChallenge({ identity, factor_sid: sid });
  expect(one.body).toEqual({
    ...challenge,
    identity,
    entity_sid,
    factor_sid: sid,
    options: options(one.body.sid, allowed.slice(0, 1)),
  });
});

for (const algorithm of ['ES256', 'RS256'] as const) {
  test(`ApproveChallenge answers a valid ${algorithm} assertion with the approved Challenge and its identity`, async () => {
    let now = noon;
    const verify = playVerify({ now: () => now });
    const { authenticator, answer } = await verify.register(await createAuthenticator(algorithm));
    const { sid, entity_sid } = answer.body;
    const { body } = await verify.beginChallenge();
    now += 5 * minutes;
    const userHandle = encode(entity_sid);
    const credential = await authenticator.sign(body.options.publicKey.challenge, { userHandle });
    const approved = await verify.approveChallenge(credential);
    expect(approved.status).toBe(200);
    expect(approved.body).toEqual({
      ...challenge,
      identity,
      entity_sid,
      factor_sid: sid,
      status: 'approved',
      date_updated: '2026-01-31T12:05:00.000Z',
      date_responded: '2026-01-31T12:05:00.000Z',
      url: `https://verify.twilio.com/v2/Services/${serviceSid}/Passkeys/ApproveChallenge`,
      options: options(body.sid),
    });
  });
}

for (const userHandle of [undefined, null, '']) {
  test(`ApproveChallenge treats the userHandle ${JSON.stringify(userHandle)} as missing`, async () => {
    const verify = playVerify();
    const { authenticator } = await verify.register();
    const { answer } = await verify.signIn(authenticator, { userHandle: userHandle as never });
    expect(answer.status).toBe(200);
  });
}

test('a Challenge for an unknown identity is refused with 60392', async () => {
  expect(await playVerify().beginChallenge({ identity })).toMatchObject(refusal(60392, 404));
});

test('a Challenge for a malformed identity is refused with 60420, and for one that is not a string with 60367', async () => {
  expect(await playVerify().beginChallenge({ identity: 'short' })).toMatchObject(refusal(60420, 400));
  expect(await playVerify().beginChallenge({ identity: 1 })).toMatchObject(refusal(60367, 400));
});

test('a Challenge for an identity whose Factors are unverified is refused with 60318', async () => {
  const verify = playVerify();
  await verify.beginFactor();
  expect(await verify.beginChallenge({ identity })).toMatchObject(refusal(60318, 403));
});

test('a Challenge for a malformed Factor SID is refused with 60362, and for an unknown one with 60390', async () => {
  const verify = playVerify();
  await verify.register();
  expect(await verify.beginChallenge({ identity, factor_sid: 'YF1' })).toMatchObject(refusal(60362, 400));
  const factor_sid = `YF${'0'.repeat(32)}`;
  expect(await verify.beginChallenge({ identity, factor_sid })).toMatchObject(refusal(60390, 404));
});

test('ApproveChallenge refuses a Challenge that does not exist with 60391', async () => {
  const verify = playVerify();
  const { authenticator } = await verify.register();
  const credential = await authenticator.sign(encode(`YC${'0'.repeat(32)}`));
  expect(await verify.approveChallenge(credential)).toMatchObject(refusal(60391, 404));
});

const wishes = [
  ['of another origin', 60380, 400, { origin: 'https://evil.example' }],
  ['of the other ceremony', 60380, 400, { type: 'webauthn.create' }],
  ['of another relying party', 60382, 403, { rpId: 'other.example' }],
  ['without the user present', 60379, 400, { flags: flag.userVerified }],
  ["with another Entity's userHandle", 60324, 403, { userHandle: encode(`YE${'0'.repeat(32)}`) }],
  ['with a userHandle that is not an Entity', 60420, 400, { userHandle: encode('ada@example.com') }],
] as const;

for (const [what, code, status, wish] of wishes) {
  test(`ApproveChallenge refuses an assertion ${what} with ${code}`, async () => {
    const verify = playVerify();
    const { authenticator } = await verify.register();
    expect((await verify.signIn(authenticator, wish)).answer).toMatchObject(refusal(code, status));
  });
}

test('ApproveChallenge refuses an assertion without user verification with 60324 when that is required', async () => {
  const verify = playVerify({ userVerification: 'required' });
  const { authenticator } = await verify.register();
  const { answer } = await verify.signIn(authenticator, { flags: flag.userPresent });
  expect(answer).toMatchObject(refusal(60324, 403));
});

test('ApproveChallenge refuses a passkey that was never registered with 60390', async () => {
  const { answer } = await playVerify().signIn(await createAuthenticator());
  expect(answer).toMatchObject(refusal(60390, 404));
});

test("ApproveChallenge refuses another identity's passkey with 60390", async () => {
  const verify = playVerify();
  await verify.register();
  const { authenticator } = await verify.register(undefined, undefined, { identity: 'somebody-else' });
  const { answer } = await verify.signIn(authenticator, {}, { identity });
  expect(answer).toMatchObject(refusal(60390, 404));
});

test('ApproveChallenge refuses the signature of another key with 60324', async () => {
  const verify = playVerify();
  const { authenticator } = await verify.register();
  const { body } = await verify.beginChallenge();
  const forged = await (await createAuthenticator()).sign(body.options.publicKey.challenge);
  const { id } = authenticator;
  expect(await verify.approveChallenge({ ...forged, id, rawId: id })).toMatchObject(refusal(60324, 403));
});

test('ApproveChallenge approves once: a second try is refused with 60322, even after the Challenge expired', async () => {
  let now = noon;
  const verify = playVerify({ now: () => now });
  const { authenticator } = await verify.register();
  const { credential } = await verify.signIn(authenticator);
  expect(await verify.approveChallenge(credential)).toMatchObject(refusal(60322, 403));
  now += 6 * minutes;
  expect(await verify.approveChallenge(credential)).toMatchObject(refusal(60322, 403));
});

test('ApproveChallenge approves only one of two simultaneous tries', async () => {
  const verify = playVerify();
  const { authenticator } = await verify.register();
  const { body } = await verify.beginChallenge();
  const credential = await authenticator.sign(body.options.publicKey.challenge);
  const answers = await Promise.all([
    verify.approveChallenge(credential),
    verify.approveChallenge(credential),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 403]);
});

test('ApproveChallenge refuses a Challenge older than 5 minutes with 60323', async () => {
  let now = noon;
  const verify = playVerify({ now: () => now });
  const { authenticator } = await verify.register();
  const { body } = await verify.beginChallenge();
  now += 5 * minutes + 1;
  const credential = await authenticator.sign(body.options.publicKey.challenge);
  expect(await verify.approveChallenge(credential)).toMatchObject(refusal(60323, 403));
});

test('ApproveChallenge refuses a counter that does not grow with 60324, unlike a replay', async () => {
  const verify = playVerify();
  const { authenticator } = await verify.register();
  expect((await verify.signIn(authenticator, { counter: 5 })).answer.status).toBe(200);
  expect((await verify.signIn(authenticator, { counter: 5 })).answer).toMatchObject(refusal(60324, 403));
  expect((await verify.signIn(authenticator, { counter: 0 })).answer).toMatchObject(refusal(60324, 403));
  expect((await verify.signIn(authenticator, { counter: 6 })).answer.status).toBe(200);
});

test("quirks: 'published' returns a Challenge in the shape of the published examples", async () => {
  const verify = playVerify({ quirks: 'published', now: () => noon });
  const { authenticator } = await verify.register();
  const { body } = await verify.beginChallenge();
  const published = {
    rp: { id: 'example.com', name: 'Example' },
    user: { id: encode(body.sid), name: 'friendly_name', displayName: 'friendly_name' },
    challenge: encode(body.sid),
    pubKeyCredParams: { type: 'public-key', alg: -7 },
    timeout: 600_000,
    excludeCredentials: [],
    authenticatorSelection: {
      authenticatorAttachment: 'platform',
      requireResidentKey: false,
      residentKey: 'preferred',
      userVerification: 'preferred',
    },
    attestation: 'none',
  };
  const pending = { ...challenge, expiration_date: null, options: { publicKey: published } };
  expect(body).toEqual(pending);
  const credential = await authenticator.sign(body.options.publicKey.challenge);
  const approved = await verify.approveChallenge(credential);
  expect(approved.body).toEqual({
    ...pending,
    status: 'approved',
    url: `https://verify.twilio.com/v2/Services/${serviceSid}/Passkeys/ApproveChallenge`,
  });
});
