/** The emulator reads, creates and updates Services as Verify does, and runs ceremonies in each of them. */
import { expect, test } from '@playwright/test';
import { playVerify, refusal, relyingParty } from '../play-verify.ts';
import { createAuthenticator } from '../software-authenticator.ts';
import { accountSid, identity, serviceSid } from '../world.ts';

const noon = '2026-01-31T12:00:00.000Z';
const others = '/..';

const form = (fields: Record<string, string>) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});

const complete = {
  FriendlyName: 'Example',
  'Passkeys.RelyingParty.Id': 'example.com',
  'Passkeys.RelyingParty.Name': 'Example',
  'Passkeys.RelyingParty.Origins': 'https://login.example.com, https://example.com',
  'Passkeys.AuthenticatorAttachment': 'any',
  'Passkeys.DiscoverableCredentials': 'preferred',
  'Passkeys.UserVerification': 'preferred',
};

const passkeys = {
  relying_party: {
    id: 'example.com',
    name: 'Example',
    origins: ['https://login.example.com', 'https://example.com'],
  },
  authenticator_attachment: 'any',
  discoverable_credentials: 'preferred',
  user_verification: 'preferred',
};

test('GET returns the Service of the createEmulator options, with its passkeys settings', async () => {
  const verify = playVerify({ now: () => Date.parse(noon) });
  const { status, body } = await verify.call('');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    sid: serviceSid,
    account_sid: accountSid,
    friendly_name: 'Example',
    passkeys: {
      relying_party: relyingParty,
      authenticator_attachment: 'platform',
      discoverable_credentials: 'preferred',
      user_verification: 'preferred',
    },
    date_created: noon,
    date_updated: noon,
    url: `https://verify.twilio.com/v2/Services/${serviceSid}`,
  });
});

test('a Service is created by a form, and has its relying party and criteria', async () => {
  const verify = playVerify();
  const { status, body } = await verify.call(others, form(complete));
  expect(status).toBe(201);
  expect(body).toMatchObject({
    sid: expect.stringMatching(/^VA[0-9a-f]{32}$/),
    friendly_name: 'Example',
    passkeys,
  });
  expect((await verify.call(`/../${body.sid}`)).body).toEqual(body);
});

test('a created Service works like the first one, with its own passkeys', async () => {
  const verify = playVerify();
  const { authenticator } = await verify.register();
  const { body: service } = await verify.call(others, form(complete));
  const path = `/../${service.sid}`;
  expect(await verify.call(`${path}/Entities/${identity}/Factors`)).toMatchObject(refusal(60392, 404));

  const begun = await verify.post(`${path}/Passkeys/Factors`, { identity, friendly_name: 'Laptop' });
  expect(begun).toMatchObject({ status: 201, body: { service_sid: service.sid } });
  const own = await createAuthenticator();
  const credential = own.register(begun.body.options.publicKey.challenge);
  expect(await verify.verifyFactor(credential)).toMatchObject(refusal(60390, 404));
  expect(await verify.post(`${path}/Passkeys/VerifyFactor`, credential)).toMatchObject({ status: 200 });

  const challenge = await verify.post(`${path}/Passkeys/Challenges`, {});
  const { challenge: encoded } = challenge.body.options.publicKey;
  const approve = `${path}/Passkeys/ApproveChallenge`;
  expect(await verify.post(approve, await authenticator.sign(encoded))).toMatchObject(refusal(60390, 404));
  expect(await verify.post(approve, await own.sign(encoded))).toMatchObject({
    status: 200,
    body: { identity },
  });
});

test('a Service without passkeys settings has passkeys null, and no ceremony begins there', async () => {
  const verify = playVerify();
  const { body } = await verify.call(others, form({ FriendlyName: 'Bare' }));
  expect(body.passkeys).toBeNull();
  const path = `/../${body.sid}/Passkeys`;
  const factor = { identity, friendly_name: 'Laptop' };
  expect(await verify.post(`${path}/Factors`, factor)).toMatchObject(refusal(60393, 400));
  const { relying_party, ...criteria } = passkeys;
  expect(await verify.post(`${path}/Factors`, { ...factor, config: criteria })).toMatchObject(
    refusal(60371, 400),
  );
  expect(await verify.post(`${path}/Challenges`, {})).toMatchObject(refusal(60371, 400));
});

test('an update changes only the fields that it names, and stays in the storage for the next emulator', async () => {
  let now = Date.parse(noon);
  const storage = new Map<string, unknown>();
  const verify = playVerify({ storage, now: () => now });
  const { authenticator } = await verify.register();
  const { body: before } = await verify.call('');
  now += 1000;
  const changed = await verify.call(
    '',
    form({
      'Passkeys.RelyingParty.Origins': 'https://www.example.com',
      'Passkeys.UserVerification': '',
    }),
  );
  expect(changed.status).toBe(200);
  expect(changed.body).toEqual({
    ...before,
    passkeys: {
      ...before.passkeys,
      relying_party: { ...relyingParty, origins: ['https://www.example.com'] },
      user_verification: null,
    },
    date_updated: '2026-01-31T12:00:01.000Z',
  });
  const later = playVerify({ storage });
  expect((await later.call('')).body).toEqual(changed.body);
  expect((await later.signIn(authenticator)).answer).toMatchObject(refusal(60380, 400));
  const moved = await later.signIn(authenticator, { origin: 'https://www.example.com' });
  expect(moved.answer).toMatchObject({ status: 200 });
});

for (const [what, code, fields] of [
  ['no FriendlyName', 60200, { FriendlyName: '' }],
  ['a FriendlyName of 33 characters', 60200, { FriendlyName: 'a'.repeat(33) }],
  ['a relying party id with a scheme', 60372, { 'Passkeys.RelyingParty.Id': 'https://example.com' }],
  ['a relying party id with a port', 60372, { 'Passkeys.RelyingParty.Id': 'localhost:3000' }],
  ['a relying party without an id', 60371, { 'Passkeys.RelyingParty.Id': '' }],
  ['no relying party name', 60371, { 'Passkeys.RelyingParty.Name': '' }],
  ['no origin', 60371, { 'Passkeys.RelyingParty.Origins': ' , ' }],
  ['an unknown attachment', 60200, { 'Passkeys.AuthenticatorAttachment': 'usb' }],
  ['"any" for discoverable credentials', 60200, { 'Passkeys.DiscoverableCredentials': 'any' }],
  ['an unknown user verification', 60200, { 'Passkeys.UserVerification': 'yes' }],
] as const) {
  test(`a Service with ${what} is refused with ${code}, and an update to it changes nothing`, async () => {
    const verify = playVerify();
    expect(await verify.call(others, form({ ...complete, ...fields }))).toMatchObject(refusal(code, 400));
    const { body: before } = await verify.call('');
    expect(await verify.call('', form(fields))).toMatchObject(refusal(code, 400));
    expect((await verify.call('')).body).toEqual(before);
  });
}

test('the Services resource refuses JSON with 60306, a wrong account with 20003, and an unknown Service with 20404', async () => {
  const verify = playVerify();
  expect(await verify.post(others, complete)).toMatchObject(refusal(60306, 400));
  expect(await verify.post('', complete)).toMatchObject(refusal(60306, 400));
  const unauthorized = { ...form(complete), headers: { authorization: 'Basic eDp5' } };
  expect(await verify.call(others, unauthorized)).toMatchObject(refusal(20003, 401));
  expect(await verify.call(`/../VA${'9'.repeat(32)}`)).toMatchObject(refusal(20404, 404));
  expect(await verify.call('', { method: 'DELETE' })).toMatchObject(refusal(20404, 404));
  expect(await verify.call(others, { method: 'DELETE' })).toMatchObject(refusal(20404, 404));
});

test('the Services are listed in pages, the first one first, and each page names the next', async () => {
  const verify = playVerify();
  for (const name of ['Second', 'Third'])
    await verify.call(others, form({ ...complete, FriendlyName: name }));
  const { status, body } = await verify.call(`${others}?PageSize=2`);
  expect(status).toBe(200);
  const names = (page: typeof body) =>
    page.services.map((each: { friendly_name: string }) => each.friendly_name);
  expect(names(body)).toEqual(['Example', 'Second']);
  expect(body.services[0].sid).toBe(serviceSid);
  const next = new URL(body.meta.next_page_url);
  expect(next.origin + next.pathname).toBe('https://verify.twilio.com/v2/Services');
  const last = await verify.call(`${others}${next.search}`);
  expect(names(last.body)).toEqual(['Third']);
  expect(last.body.meta).toMatchObject({ page: 1, page_size: 2, next_page_url: null, key: 'services' });
  expect(await verify.call(`${others}?PageToken=PAVA1`)).toMatchObject(refusal(60200, 400));
});
