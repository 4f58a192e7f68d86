/** The relay decides which pages, frames and apps may call it, and where a credential may have been signed. */
import { expect, test } from '@playwright/test';
import { relyingParty } from '../play-verify.ts';
import { blocksOf, importBlock } from '../readme.ts';
import { createAuthenticator, encode, page, type Wish } from '../software-authenticator.ts';
import { ada, openBrowser, refused, setUp } from './stage.ts';

const other = 'https://other.example.com';
const top = 'https://shop.example.net';
const android = `android:apk-key-hash:${encode(new Uint8Array(32).fill(7))}`;

/** A Service with more origins than this relay, as when two apps share a Service. */
const shared = {
  relyingParty: { ...relyingParty, origins: [page.origin, other, android] },
  topOrigins: [top, 'https://evil.example'],
};

/** Creates a passkey and signs in on a page with this wish. Returns both answers and the count of finishing calls. */
async function playThrough(wish: Wish, relay: object = {}) {
  const stage = setUp({ emulator: shared, relay });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const fresh = await createAuthenticator();
  stage.upstream.length = 0;
  const registration = await browser.begin('Factors');
  const registered = await browser.post('VerifyFactor', fresh.register(registration.challenge, wish));
  const { challenge } = await browser.begin('Challenges');
  const signedIn = await browser.post('ApproveChallenge', await passkey.sign(challenge, wish));
  const finishing = stage.upstream.filter(({ path }) => /VerifyFactor|ApproveChallenge/.test(path));
  return { answers: [registered, signedIn], asked: finishing.length, stage };
}

for (const [what, wish] of [
  ['on another origin of the same Service', { origin: other }],
  ['by an app of the same Service', { origin: android }],
  ['in a frame on a page of another origin', { crossOrigin: true }],
  ['in a frame on a page that is named', { crossOrigin: true, topOrigin: top }],
  ['under a top origin without a frame', { topOrigin: top }],
] as const) {
  test(`a credential that was signed ${what} is refused, and Verify is not asked`, async () => {
    const { answers, asked, stage } = await playThrough(wish);
    for (const answer of answers) expect(answer).toMatchObject(refused(403, 'forbidden_origin'));
    expect(asked).toBe(0);
    expect(stage.approvals).toEqual([]);
  });
}

test('the refusal of a credential says where it was signed, but not which origins are allowed', async () => {
  const { answers } = await playThrough(
    { origin: other },
    { origins: [page.origin, 'https://internal.example'] },
  );
  for (const { body } of answers) {
    expect(body.message).toContain(`"${other}"`);
    expect(body.message).not.toContain('internal.example');
  }
});

test('a credential that was signed on another listed origin is accepted', async () => {
  const { answers } = await playThrough({ origin: other }, { origins: [page.origin, other] });
  for (const answer of answers) expect(answer.status).toBe(200);
});

test('topOrigins allows frames, but only on the pages that it lists', async () => {
  const relay = { topOrigins: [top] };
  for (const wish of [{ crossOrigin: true }, { crossOrigin: true, topOrigin: top }]) {
    const { answers } = await playThrough(wish, relay);
    for (const answer of answers) expect(answer.status).toBe(200);
  }
  const { answers } = await playThrough({ crossOrigin: true, topOrigin: 'https://evil.example' }, relay);
  for (const answer of answers) expect(answer).toMatchObject(refused(403, 'forbidden_origin'));
});

test('if the browser does not name the page around a frame, any entry of topOrigins lets it pass', async () => {
  const { answers } = await playThrough(
    { crossOrigin: true },
    { topOrigins: ['https://another.example', top] },
  );
  for (const answer of answers) expect(answer.status).toBe(200);
  const alone = await playThrough({ crossOrigin: true }, { topOrigins: ['https://another.example'] });
  for (const answer of alone.answers) expect(answer.status).toBe(200);
});

test("the guide's Android origin is accepted, and its four files have the form that phones and browsers read", async () => {
  const guide = await importBlock<{ androidOrigin(fingerprint: string): string; origins: string[] }>(
    'androidOrigin',
  );
  const fingerprint = Array(32).fill('07').join(':');
  expect(guide.androidOrigin(fingerprint)).toBe(android);
  expect(() => setUp({ relay: { origins: guide.origins } })).not.toThrow();
  const files = blocksOf('json')
    .filter(({ document }) => document.endsWith('apps.md'))
    .map(({ code }) => JSON.parse(code));
  expect(files).toHaveLength(4);
  const [assetlinks, association, related, endpoints] = files;
  expect(assetlinks).toEqual([
    {
      relation: expect.arrayContaining(['delegate_permission/common.get_login_creds']),
      target: {
        namespace: 'android_app',
        package_name: expect.stringMatching(/^[a-z]+(\.[a-z]+)+$/),
        sha256_cert_fingerprints: [expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)],
      },
    },
  ]);
  // The app in the file must be the one whose origin the guide lists.
  expect(guide.origins).toContain(guide.androidOrigin(assetlinks[0].target.sha256_cert_fingerprints[0]));
  expect(association).toEqual({
    webcredentials: { apps: [expect.stringMatching(/^[A-Z0-9]{10}\.[a-z.]+$/)] },
  });
  expect(Object.keys(related)).toEqual(['origins']);
  for (const origin of related.origins) expect(new URL(origin).origin).toBe(origin);
  expect(Object.keys(endpoints)).toEqual(['enroll', 'manage']);
  for (const address of Object.values<string>(endpoints)) expect(address).toMatch(/^https:/);
});

/** An app keeps cookies, but sends no Origin and none of the headers that browsers add. */
const fromApp = { origin: undefined };

/** What Credential Manager gives as `registrationResponseJson` and `authenticationResponseJson`. */
function asCredentialManager<T extends { response: object }>(credential: T) {
  const more = { publicKeyAlgorithm: -7, publicKey: encode('y'), ...credential.response };
  return { ...credential, response: more, clientExtensionResults: { credProps: { rk: true } } };
}

/** Rebuilds the credential from the flat object of Twilio's mobile SDK, as the guide shows. */
function asTwilioSdk<T extends { response: object }>({ response, ...head }: T) {
  const flat = { ...head, ...response } as Record<string, unknown>;
  const { id, rawId, authenticatorAttachment, type, ...members } = flat;
  return { id, rawId, authenticatorAttachment, type, response: members };
}

for (const [what, shape, origin] of [
  ["an Android app by Credential Manager's JSON", asCredentialManager, android],
  ["an Android app by Twilio's SDK", asTwilioSdk, android],
  ["an iOS app by Twilio's SDK", asTwilioSdk, page.origin],
] as const) {
  test(`${what} creates a passkey and signs in`, async () => {
    const stage = setUp({ emulator: shared, relay: { origins: [page.origin, android] } });
    const phone = openBrowser(stage, ada);
    const passkey = await createAuthenticator();
    // An app's client data has no crossOrigin.
    const wish = { origin, crossOrigin: undefined };
    const begun = await phone.post('Factors', {}, fromApp);
    expect(begun.status).toBe(201);
    expect([...phone.cookies.keys()][1]).toMatch(/^__Host-/);
    const { challenge } = begun.body.options.publicKey;
    const registered = await phone.post('VerifyFactor', shape(passkey.register(challenge, wish)), fromApp);
    expect(registered).toMatchObject({ status: 200, body: { status: 'verified' } });
    const { body } = await phone.post('Challenges', {}, fromApp);
    const assertion = shape(await passkey.sign(body.options.publicKey.challenge, wish));
    const signedIn = await phone.post('ApproveChallenge', assertion, fromApp);
    expect(signedIn).toMatchObject({ status: 200, body: { status: 'approved', identity: ada } });
    expect((await phone.send('GET', 'Factors', undefined, fromApp)).status).toBe(200);
  });
}

test("an iOS app without an Android app sends its domain's origin itself", async () => {
  const stage = setUp({ relay: { origins: [page.origin] } });
  expect(await openBrowser(stage).post('Challenges', {}, fromApp)).toMatchObject(
    refused(403, 'forbidden_origin'),
  );
  expect((await openBrowser(stage).post('Challenges', {}, { origin: page.origin })).status).toBe(201);
});

test('a call without Origin is refused if no app is listed, or if a browser makes it', async () => {
  for (const origins of [undefined, [page.origin], [page.origin, 'capacitor://localhost']]) {
    const stage = setUp({ relay: origins ? { origins } : {} });
    expect(await openBrowser(stage).post('Challenges', {}, fromApp)).toMatchObject(
      refused(403, 'forbidden_origin'),
    );
  }
  const stage = setUp({ relay: { origins: [page.origin, android] } });
  for (const name of ['sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest', 'referer']) {
    const answer = await openBrowser(stage).post('Challenges', {}, { ...fromApp, [name]: 'x' });
    expect(answer).toMatchObject(refused(403, 'forbidden_origin'));
  }
});

test('a call without Origin is accepted for the three reasons of the guide, and for no other', async () => {
  const listed = 'https://www.example.com';
  for (const origins of [undefined, [listed], [page.origin, listed, android]]) {
    const stage = setUp({ relay: origins ? { origins } : {} });
    const allowed: (string | undefined)[] = origins ?? [page.origin];
    for (const method of ['GET', 'POST', 'DELETE'])
      for (const site of [undefined, 'same-origin', 'same-site', 'cross-site', 'none'])
        for (const from of [undefined, page.origin, listed, 'https://evil.example'])
          for (const mode of [undefined, 'cors']) {
            const headers = {
              origin: undefined,
              'sec-fetch-site': site,
              'sec-fetch-mode': mode,
              referer: from && `${from}/account`,
            };
            const route = method === 'DELETE' ? `Factors/YF${'0'.repeat(32)}` : 'Factors';
            const body = method === 'POST' ? {} : undefined;
            const { status } = await openBrowser(stage, ada).send(method, route, body, headers);
            const saysOwn = method === 'GET' && site === 'same-origin';
            const isOld = method === 'GET' && site === undefined && allowed.includes(from);
            const isApp = allowed.includes(android) && !site && !mode && !from;
            const expected = saysOwn || isOld || isApp;
            expect(status !== 403, JSON.stringify({ origins, method, ...headers })).toBe(expected);
          }
  }
});

test('an app whose origin is not listed signs nobody in, although its calls are accepted', async () => {
  const { answers } = await playThrough(
    { origin: `android:apk-key-hash:${encode(new Uint8Array(32).fill(8))}` },
    { origins: [page.origin, android] },
  );
  for (const answer of answers) expect(answer).toMatchObject(refused(403, 'forbidden_origin'));
});

test("an extension's page signs in from its own origin, with a cookie that is Secure", async () => {
  const origin = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';
  const stage = setUp({ relay: { origins: [page.origin, origin] } });
  const answer = await openBrowser(stage).post('Challenges', {}, { origin });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-.*; Secure$/);
});

test('behind a proxy that ends TLS an app gets a Secure cookie too, and none over http from localhost', async () => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  for (const [foreign, address, cookie] of [
    [page.origin, 'http://10.0.0.1', /^__Host-.*; Secure$/],
    ['http://localhost:3000', 'http://localhost:3000', /^passkeys-.*; SameSite=Strict$/],
    ['http://localhost:3000', page.origin, /^__Host-.*; Secure$/],
  ] as const) {
    const { relay } = setUp({ relay: { origins: [foreign, android] } });
    const response = await relay(new Request(`${address}/passkeys/Challenges`, init));
    expect(response.headers.getSetCookie()[0]).toMatch(cookie);
  }
});

test('a list request of Safari before 16.4 is accepted by its Referer, and one of another page is not', async () => {
  const browser = openBrowser(setUp(), ada);
  const get = (referer: string, site?: string) =>
    browser.send('GET', 'Factors', undefined, { origin: undefined, referer, 'sec-fetch-site': site });
  expect((await get(`${page.origin}/account?tab=passkeys`)).status).toBe(200);
  for (const referer of ['https://evil.example/', `${page.origin}.evil.example/`, 'about:client', '', 'x']) {
    expect(await get(referer)).toMatchObject(refused(403, 'forbidden_origin'));
  }
  expect(await get(`${page.origin}/`, 'cross-site')).toMatchObject(refused(403, 'forbidden_origin'));
  const headers = { origin: undefined, referer: `${page.origin}/` };
  expect(await browser.post('Factors', {}, headers)).toMatchObject(refused(403, 'forbidden_origin'));
});

test('one slash at the end of a route is ignored', async () => {
  const browser = openBrowser(setUp(), ada);
  const { sid } = await browser.register();
  expect((await browser.post('Challenges/', {})).status).toBe(201);
  expect((await browser.send('GET', 'Factors/')).status).toBe(200);
  expect((await browser.post(`Factors/${sid}/`, { friendly_name: 'Laptop' })).status).toBe(200);
});

test('without origins set, forbidden_origin names the page and the option, but not the inner address', async () => {
  const { relay } = setUp();
  const headers = { origin: page.origin, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: '{}' };
  const response = await relay(new Request('http://10.0.0.7:3000/passkeys/Challenges', init));
  const { code, message } = (await response.json()) as Record<string, string>;
  expect(code).toBe('forbidden_origin');
  expect(message).toContain(`"${page.origin}"`);
  expect(message).toContain('Set `origins`');
  expect(message).not.toContain('10.0.0.7');
});
