/** The emulator lists, reads, renames and deletes Factors as Verify does. */
import { expect, test } from '@playwright/test';
import { type Answer, playVerify, refusal } from '../play-verify.ts';
import { createAuthenticator } from '../software-authenticator.ts';
import { identity, serviceSid } from '../world.ts';

const factors = `/Entities/${identity}/Factors`;
const form = (body: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body,
});

test("an identity's Factors are listed in pages as Verify lists them, and each can be read by its SID", async () => {
  const verify = playVerify();
  const { answer } = await verify.register();
  const { body: begun } = await verify.beginFactor();
  const { options, binding, ...unverified } = begun;
  const { status, body } = await verify.call(factors);
  const url = `https://verify.twilio.com/v2/Services/${serviceSid}${factors}?PageSize=50&Page=0`;
  expect(status).toBe(200);
  expect(body).toEqual({
    factors: [answer.body, unverified],
    meta: {
      page: 0,
      page_size: 50,
      first_page_url: url,
      previous_page_url: null,
      url,
      next_page_url: null,
      key: 'factors',
    },
  });
  const read = await verify.call(`${factors}/${answer.body.sid}`);
  expect(read).toMatchObject({ status: 200, body: answer.body });
});

const aaguid = '01020304-0506-0708-0102-030405060708';

test('a verified Factor gives the model of its authenticator, and when it last approved a Challenge', async () => {
  let now = Date.parse('2026-01-31T12:00:00.000Z');
  const verify = playVerify({ now: () => now });
  const { authenticator, answer } = await verify.register(await createAuthenticator(), { aaguid });
  expect(answer.body.metadata).toEqual({ aaguid, date_last_approved: null });
  now += 1000;
  await verify.signIn(authenticator);
  now += 1000;
  const { body } = await verify.call(`${factors}/${answer.body.sid}`);
  expect(body.metadata).toEqual({ aaguid, date_last_approved: '2026-01-31T12:00:01.000Z' });
  expect((await verify.call(factors)).body.factors).toEqual([body]);
});

test('with the published quirks a Factor has no metadata, and an approved Challenge has no identity', async () => {
  const verify = playVerify({ quirks: 'published' });
  const { authenticator, answer } = await verify.register();
  const { answer: approved } = await verify.signIn(authenticator);
  expect(answer.body.metadata).toBeNull();
  expect(approved.body).toMatchObject({ status: 'approved', identity: '', entity_sid: '', factor_sid: '' });
});

test('a list is read page by page: forward with next_page_url, back with previous_page_url', async () => {
  const verify = playVerify();
  const sids: string[] = [];
  for (let i = 0; i < 5; i++) sids.push((await verify.beginFactor()).body.sid);
  const open = (url: string) => verify.call(url.slice(url.indexOf('/Entities/')));
  const sidsOf = ({ body }: Answer) => body.factors.map(({ sid }: { sid: string }) => sid);
  const first = await verify.call(`${factors}?PageSize=2`);
  const second = await open(first.body.meta.next_page_url);
  const third = await open(second.body.meta.next_page_url);
  expect([first, second, third].map(sidsOf)).toEqual([sids.slice(0, 2), sids.slice(2, 4), sids.slice(4)]);
  expect(first.body.meta).toMatchObject({ page: 0, page_size: 2, previous_page_url: null });
  expect(second.body.meta.url).toBe(first.body.meta.next_page_url);
  expect(third.body.meta).toMatchObject({ page: 2, page_size: 2, next_page_url: null });
  expect(sidsOf(await open(third.body.meta.previous_page_url))).toEqual(sids.slice(2, 4));
  expect(sidsOf(await open(third.body.meta.first_page_url))).toEqual(sids.slice(0, 2));
  expect(sidsOf(await open(second.body.meta.url))).toEqual(sids.slice(2, 4));
});

for (const query of [
  'PageSize=0',
  'PageSize=1001',
  'PageSize=ten',
  'Page=-1',
  'PageToken=PA1',
  'PageToken=x',
]) {
  test(`a list with ${query} is refused with 60200`, async () => {
    const verify = playVerify();
    await verify.beginFactor();
    expect(await verify.call(`${factors}?${query}`)).toMatchObject(refusal(60200, 400));
  });
}

test('a Factor is renamed by a form, and its date_updated changes', async () => {
  let now = Date.parse('2026-01-31T12:00:00.000Z');
  const verify = playVerify({ now: () => now });
  const { answer } = await verify.register();
  now += 1000;
  const path = `${factors}/${answer.body.sid}`;
  const renamed = await verify.call(path, form('FriendlyName=Key+ring'));
  expect(renamed.status).toBe(200);
  expect(renamed.body).toEqual({
    ...answer.body,
    friendly_name: 'Key ring',
    date_updated: '2026-01-31T12:00:01.000Z',
  });
  expect((await verify.call(path)).body).toEqual(renamed.body);
});

test('renaming a Factor refuses an empty name and 65 characters with 60200, and JSON with 60306', async () => {
  const verify = playVerify();
  const { answer } = await verify.register();
  const path = `${factors}/${answer.body.sid}`;
  expect(await verify.call(path, form('FriendlyName='))).toMatchObject(refusal(60200, 400));
  expect(await verify.call(path, form(`FriendlyName=${'a'.repeat(65)}`))).toMatchObject(refusal(60200, 400));
  expect(await verify.post(path, { friendly_name: 'Key ring' })).toMatchObject(refusal(60306, 400));
});

test('the passkey of a deleted Factor no longer signs in, and can be registered again', async () => {
  const verify = playVerify();
  const { authenticator, answer } = await verify.register();
  const path = `${factors}/${answer.body.sid}`;
  const deleted = await verify.call(path, { method: 'DELETE' });
  expect(deleted).toMatchObject({ status: 204, body: '' });
  expect(await verify.call(path)).toMatchObject(refusal(60390, 404));
  expect((await verify.call(factors)).body.factors).toEqual([]);
  expect((await verify.signIn(authenticator)).answer).toMatchObject(refusal(60390, 404));
  expect((await verify.register(authenticator)).answer.status).toBe(200);
});

test('an unknown identity has no Factors: 60392', async () => {
  expect(await playVerify().call(factors)).toMatchObject(refusal(60392, 404));
});

for (const method of ['GET', 'DELETE', 'POST'] as const) {
  test(`${method} refuses a malformed SID with 60362 and another identity's Factor with 60390`, async () => {
    const verify = playVerify();
    const { answer } = await verify.register();
    const init = method === 'POST' ? form('FriendlyName=Mine') : { method };
    expect(await verify.call(`${factors}/YF1`, init)).toMatchObject(refusal(60362, 400));
    const theirs = `/Entities/somebody-else/Factors/${answer.body.sid}`;
    expect(await verify.call(theirs, init)).toMatchObject(refusal(60390, 404));
    expect((await verify.call(`${factors}/${answer.body.sid}`)).body).toEqual(answer.body);
  });
}

test("an Entity is read, and its deletion takes every Factor of every type and the user's sign-in", async () => {
  const verify = playVerify();
  const entity = `/Entities/${identity}`;
  expect(await verify.call(entity)).toMatchObject(refusal(60392, 404));
  const { authenticator } = await verify.register();
  for (const type of ['totp', 'push']) {
    const other = await verify.call(factors, form(`FactorType=${type}&FriendlyName=Phone`));
    expect(other).toMatchObject({ status: 201, body: { factor_type: type, status: 'unverified' } });
  }
  expect(await verify.call(factors, form('FactorType=sms&FriendlyName=Phone'))).toMatchObject(
    refusal(60369, 400),
  );
  expect((await verify.call(factors)).body.factors).toHaveLength(3);
  const read = await verify.call(entity);
  expect(read).toMatchObject({ status: 200, body: { identity, service_sid: serviceSid } });
  expect((await verify.call(entity, { method: 'DELETE' })).status).toBe(204);
  for (const path of [entity, factors]) expect(await verify.call(path)).toMatchObject(refusal(60392, 404));
  expect(await verify.call(entity, { method: 'DELETE' })).toMatchObject(refusal(60392, 404));
  expect((await verify.signIn(authenticator)).answer).toMatchObject(refusal(60390, 404));
});
