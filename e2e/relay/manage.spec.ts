/** A signed-in user lists, renames and removes only their own passkeys. */
import { expect, test } from '@playwright/test';
import { createAuthenticator } from '../software-authenticator.ts';
import { accountSid, serviceSid } from '../world.ts';
import { ada, bob, openBrowser, refused, setUp } from './stage.ts';

const list = (browser: ReturnType<typeof openBrowser>) => browser.send('GET', 'Factors');

test("the list has the user's own passkeys with their credential ids, and only the named fields", async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  await openBrowser(stage, bob).register();
  await browser.begin('Factors');
  const { status, body } = await list(browser);
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      factors: [
        {
          sid: passkey.sid,
          status: 'verified',
          identity: ada,
          entity_sid: Buffer.from(passkey.userHandle!, 'base64url').toString(),
          friendly_name: ada,
          date_created: expect.any(String),
          credential_id: passkey.id,
          rp_id: 'example.com',
          aaguid: '00000000-0000-0000-0000-000000000000',
        },
      ],
      complete: true,
    },
  });
});

test('the list of a user without passkeys is empty', async () => {
  expect(await list(openBrowser(setUp(), ada))).toMatchObject({ status: 200, body: { factors: [] } });
});

test('a passkey that the storage has forgotten is listed without its credential id', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const { sid } = await browser.register();
  stage.storage.clear();
  const [factor] = (await list(browser)).body.factors;
  expect(factor.sid).toBe(sid);
  expect(factor).not.toHaveProperty('credential_id');
});

test('a passkey is renamed, at Verify too, whatever characters the name has', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const { sid, id } = await browser.register();
  expect(await browser.post(`Factors/${sid}`, {})).toMatchObject(refused(400, 60388));
  const friendly_name = 'Ada & Bob’s =+%20 laptop';
  const { status, body } = await browser.post(`Factors/${sid}`, {
    friendly_name,
    Status: 'x',
    identity: bob,
  });
  expect({ status, body }).toMatchObject({ status: 200, body: { sid, friendly_name, credential_id: id } });
  expect([...new URLSearchParams(stage.upstream.at(-1)!.body)]).toEqual([['FriendlyName', friendly_name]]);
  expect(stage.upstream.at(-1)!.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
  expect((await list(browser)).body.factors[0].friendly_name).toBe(friendly_name);
});

test('removing a passkey returns it and deletes it from Verify and the storage, and it no longer signs in', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const answer = await browser.send('DELETE', `Factors/${passkey.sid}`);
  expect(answer).toMatchObject({ status: 200, body: { sid: passkey.sid, credential_id: passkey.id } });
  expect([...stage.storage.keys()].filter((key) => !key.endsWith(':alive'))).toEqual([]);
  expect((await list(browser)).body).toEqual({ factors: [], complete: false });
  expect(await browser.signIn(passkey)).toMatchObject(refused(404, 60390));
  expect(await browser.send('DELETE', `Factors/${passkey.sid}`)).toMatchObject(refused(404, 'not_found'));
});

test("another user's passkey is answered with 404, and nothing changes", async () => {
  const stage = setUp();
  const { sid } = await openBrowser(stage, bob).register();
  for (const browser of [openBrowser(stage, ada), openBrowser(stage, 'a-user-without-any-passkey')]) {
    expect(await browser.post(`Factors/${sid}`, { friendly_name: 'mine' })).toMatchObject(
      refused(404, 'not_found'),
    );
    expect(await browser.send('DELETE', `Factors/${sid}`)).toMatchObject(refused(404, 'not_found'));
  }
  const methods = stage.upstream.slice(2).map(({ method }) => method);
  expect(methods).toEqual(['GET', 'GET', 'GET', 'GET']);
  expect((await list(openBrowser(stage, bob))).body.factors).toMatchObject([{ sid, friendly_name: bob }]);
});

test('a passkey whose registration was not finished is answered with 404', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const { challenge } = await browser.begin('Factors');
  const sid = Buffer.from(challenge, 'base64url').toString();
  expect(await browser.send('DELETE', `Factors/${sid}`)).toMatchObject(refused(404, 'not_found'));
});

const factor = {
  sid: `YF${'1'.repeat(32)}`,
  status: 'verified',
  identity: ada,
  entity_sid: `YE${'1'.repeat(32)}`,
  friendly_name: 'Laptop',
  date_created: '2026-01-01T00:00:00Z',
  factor_type: 'passkeys',
  config: { relying_party: { id: 'example.com' } },
  account_sid: accountSid,
};

test("an Entity's Factors of other types are left alone", async () => {
  const push = { ...factor, factor_type: 'push', config: { app_id: 'x' } };
  const stage = setUp({
    verify: async (request) => Response.json(request.url.includes('?') ? { factors: [push, factor] } : push),
  });
  const browser = openBrowser(stage, ada);
  expect((await list(browser)).body.factors).toHaveLength(1);
  expect(await browser.send('DELETE', `Factors/${factor.sid}`)).toMatchObject(refused(404, 'not_found'));
});

/** A stage in which Verify's list has these pages. */
function setUpPages(pages: object[]) {
  const base = `https://verify.twilio.com/v2/Services/${serviceSid}/Entities/${ada}/Factors`;
  return setUp({
    verify: async (request) => {
      const page = Number(new URL(request.url).searchParams.get('Page') ?? 0);
      const next =
        page + 1 < pages.length ? `${base}?PageSize=100&Page=${page + 1}&PageToken=PAYF%2B${page}` : null;
      return Response.json({ meta: { next_page_url: next }, ...pages[page] });
    },
  });
}

const numbered = (i: number) => ({ ...factor, sid: `YF${String(i).padStart(32, '0')}` });

test('a list of several pages is read to its end', async () => {
  const stage = setUpPages([
    { factors: [numbered(1), numbered(2)] },
    { factors: [] },
    { factors: [numbered(3)] },
  ]);
  const { body } = await list(openBrowser(stage, ada));
  expect(body.factors.map(({ sid }: { sid: string }) => sid)).toEqual([1, 2, 3].map((i) => numbered(i).sid));
  expect(stage.upstream.map(({ path }) => path.split('?')[1])).toEqual([
    'PageSize=100',
    'PageSize=100&Page=1&PageToken=PAYF%2B0',
    'PageSize=100&Page=2&PageToken=PAYF%2B1',
  ]);
});

test("a list whose second page has another user's Factor is refused", async () => {
  const stage = setUpPages([{ factors: [factor] }, { factors: [{ ...factor, identity: bob }] }]);
  expect(await list(openBrowser(stage, ada))).toMatchObject(refused(502, 'verify_invalid_answer'));
});

test('a list whose second page is not found is refused, not shortened', async () => {
  const base = `https://verify.twilio.com/v2/Services/${serviceSid}/Entities/${ada}/Factors`;
  const stage = setUp({
    verify: async (request) =>
      request.url.includes('Page=1')
        ? Response.json({ code: 20404, message: 'No', status: 404 }, { status: 404 })
        : Response.json({ factors: [factor], meta: { next_page_url: `${base}?PageSize=100&Page=1` } }),
  });
  expect(await list(openBrowser(stage, ada))).toMatchObject(refused(404, 'not_found'));
});

test('a list that Verify does not answer is refused, not empty', async () => {
  const down = { code: 20500, message: 'Sorry', status: 500 };
  const stage = setUp({ verify: async () => Response.json(down, { status: 500 }) });
  expect(await list(openBrowser(stage, ada))).toMatchObject(refused(500, 20500));
});

test('a list that never ends is refused after 20 pages', async () => {
  const stage = setUpPages(Array(1000).fill({ factors: [factor] }));
  expect(await list(openBrowser(stage, ada))).toMatchObject(refused(502, 'verify_invalid_answer'));
  expect(stage.upstream).toHaveLength(20);
});

for (const url of [
  'https://evil.example/',
  `https://evil.example/v2/Services/${serviceSid}/Entities/${ada}/Factors?Page=1`,
  `https://verify.twilio.com@evil.example/v2/Services/${serviceSid}/Entities/${ada}/Factors?Page=1`,
  `https://verify.twilio.com/v2/Services/VA${'9'.repeat(32)}/Entities/${ada}/Factors?Page=1`,
  `https://verify.twilio.com/v2/Services/${serviceSid}/Entities/${bob}/Factors?Page=1`,
  `https://verify.twilio.com/v2/Services/${serviceSid}/Entities/${ada}/Factors/../Keys?Page=1`,
  'next',
]) {
  test(`a list that continues at ${url.replace(/VA1+/, 'VA…')} is not followed`, async () => {
    const stage = setUpPages([{ factors: [factor], meta: { next_page_url: url } }]);
    expect(await list(openBrowser(stage, ada))).toMatchObject(refused(502, 'verify_invalid_answer'));
    expect(stage.upstream).toHaveLength(1);
  });
}

const aaguid = '01020304-0506-0708-0102-030405060708';
const metadata = { aaguid, date_last_approved: '2026-01-02T03:04:05Z' };

for (const [what, given, expected] of [
  ['an object', metadata, { aaguid, last_used: metadata.date_last_approved }],
  ['JSON text', JSON.stringify(metadata), { aaguid, last_used: metadata.date_last_approved }],
  ['JSON text with capitals', { aaguid: aaguid.toUpperCase() }, { aaguid }],
  ['the AAGUID alone', { aaguid, date_last_approved: null }, { aaguid }],
  ['null', null, {}],
  ['an empty text', '', {}],
  ['a text that is not JSON', '{"aaguid":', {}],
  ['a list', [aaguid], {}],
  ['values of another form', { aaguid: '<b>', date_last_approved: 'yesterday' }, {}],
] as const) {
  test(`the list takes ${Object.keys(expected).join(' and ') || 'nothing'} from metadata that is ${what}`, async () => {
    const stage = setUpPages([{ factors: [{ ...factor, metadata: given }] }]);
    const [passkey] = (await list(openBrowser(stage, ada))).body.factors;
    const { aaguid: model, last_used } = passkey;
    expect(JSON.parse(JSON.stringify({ aaguid: model, last_used }))).toEqual(expected);
    expect(passkey).not.toHaveProperty('metadata');
  });
}

for (const [what, answer] of [
  ["another user's Factor", { factors: [factor, { ...factor, identity: bob }] }],
  ['a Factor without identity', { factors: [{ ...factor, identity: '' }] }],
  ['no list', { factors: null }],
] as const) {
  test(`a list with ${what} is refused`, async () => {
    const stage = setUp({ verify: async () => Response.json(answer) });
    expect(await list(openBrowser(stage, ada))).toMatchObject(refused(502, 'verify_invalid_answer'));
    expect(stage.upstream).toHaveLength(1);
  });
}

for (const [what, answer] of [
  ['another SID', { ...factor, sid: `YF${'2'.repeat(32)}` }],
  ['another identity', { ...factor, identity: bob }],
  ['nothing', undefined],
] as const) {
  test(`when Verify answers ${what} for the Factor, nothing is renamed or removed`, async () => {
    const stage = setUp({
      verify: async () => (answer ? Response.json(answer) : new Response(null, { status: 204 })),
    });
    const browser = openBrowser(stage, ada);
    for (const refusal of [
      await browser.post(`Factors/${factor.sid}`, { friendly_name: 'x' }),
      await browser.send('DELETE', `Factors/${factor.sid}`),
    ]) {
      expect(refusal).toMatchObject(refused(502, 'verify_invalid_answer'));
    }
    expect(stage.upstream.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  test(`when Verify answers a rename with ${what}, the answer is refused`, async () => {
    const stage = setUp({
      verify: async (request) =>
        request.method === 'GET'
          ? Response.json(factor)
          : answer
            ? Response.json(answer)
            : new Response(null, { status: 204 }),
    });
    const renamed = await openBrowser(stage, ada).post(`Factors/${factor.sid}`, { friendly_name: 'x' });
    expect(renamed).toMatchObject(refused(502, 'verify_invalid_answer'));
  });
}

test('the list has the authenticator of a passkey and when it was last used', async () => {
  let now = Date.parse('2026-01-31T12:00:00.000Z');
  const stage = setUp({ emulator: { now: () => now } });
  const browser = openBrowser(stage, ada);
  const passkey = await createAuthenticator();
  const { challenge } = await browser.begin('Factors');
  await browser.post('VerifyFactor', passkey.register(challenge, { aaguid }));
  now += 1000;
  await browser.signIn(passkey);
  const [listed] = (await list(browser)).body.factors;
  expect(listed).toMatchObject({ aaguid, last_used: '2026-01-31T12:00:01.000Z' });
});

test('without metadata from Verify, the list has the authenticator that the registration named', async () => {
  const stage = setUp({ emulator: { quirks: 'published' } });
  const browser = openBrowser(stage, ada);
  const { challenge } = await browser.begin('Factors');
  await browser.post('VerifyFactor', (await createAuthenticator()).register(challenge, { aaguid }));
  const [listed] = (await list(browser)).body.factors;
  expect(listed).toMatchObject({ aaguid });
  expect(listed).not.toHaveProperty('last_used');
  const renamed = await browser.post(`Factors/${listed.sid}`, { friendly_name: 'Laptop' });
  expect(renamed.body).toMatchObject({ aaguid, friendly_name: 'Laptop' });
});

test('a renamed passkey is answered with the name that Verify keeps', async () => {
  const kept = { ...factor, friendly_name: 'Lap' };
  const stage = setUp({ verify: async ({ method }) => Response.json(method === 'GET' ? factor : kept) });
  const { body } = await openBrowser(stage, ada).post(`Factors/${factor.sid}`, { friendly_name: 'Lap top' });
  expect(body).toMatchObject({ sid: factor.sid, friendly_name: 'Lap' });
});

test('a passkey whose owner in the store is malformed can be renamed and removed', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const { sid } = await browser.register();
  const key = [...stage.storage.keys()].find((name) => name.includes(':credential:'))!;
  stage.storage.set(key, '{"ident');
  expect(await browser.post(`Factors/${sid}`, { friendly_name: 'Laptop' })).toMatchObject({ status: 200 });
  expect(await browser.send('DELETE', `Factors/${sid}`)).toMatchObject({ status: 200 });
  expect(stage.storage.has(key)).toBe(false);
});

test('all 120 passkeys are listed, from two pages at Verify', async () => {
  let now = Date.now();
  const stage = setUp({ emulator: { now: () => now } });
  const browser = openBrowser(stage, ada);
  for (let i = 0; i < 120; i++) {
    // Verify accepts a hundred registrations a day.
    if (i === 60) now += 25 * 60 * 60 * 1000;
    await browser.register();
  }
  stage.upstream.length = 0;
  const { status, body } = await browser.send('GET', 'Factors');
  expect(status).toBe(200);
  expect(new Set(body.factors.map(({ sid }: { sid: string }) => sid)).size).toBe(120);
  expect(stage.upstream).toHaveLength(2);
});

test('when Verify does not delete a passkey, it stays known and signs in', async () => {
  const stage = setUp({
    verify: (request) =>
      request.method === 'DELETE'
        ? Promise.resolve(Response.json({ code: 20500, message: 'Sorry', status: 500 }, { status: 500 }))
        : undefined,
  });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  expect(await browser.send('DELETE', `Factors/${passkey.sid}`)).toMatchObject(refused(500, 20500));
  expect((await browser.signIn(passkey)).status).toBe(200);
});
