/** The user's names reach the page, for the browser's account chooser, but never Verify. */
import { expect, test } from '@playwright/test';
import { ada, bob, openBrowser, sessionOf, setUp } from './stage.ts';

const userName = 'ada@lovelace.example';
const displayName = 'Ada Lovelace';
const names = { user_name: userName, display_name: displayName };

test("the options of a new passkey have the user's names, and the nickname stays at Verify", async () => {
  const stage = setUp({ relay: { identify: () => ({ identity: ada, userName, displayName }) } });
  const { body } = await openBrowser(stage).post('Factors', { friendly_name: 'Laptop' });
  expect(body.options.publicKey.user).toEqual({ id: expect.any(String), name: userName, displayName });
  expect(body.friendly_name).toBe('Laptop');
});

for (const [given, user] of [
  [{ userName }, { name: userName, displayName: userName }],
  [{ displayName }, { name: 'Laptop', displayName }],
  [{}, { name: 'Laptop', displayName: 'Laptop' }],
  [
    { userName: '', displayName: null },
    { name: 'Laptop', displayName: 'Laptop' },
  ],
] as const) {
  test(`when identify() returns ${JSON.stringify(given)}, the chooser shows ${Object.values(user).join(' and ')}`, async () => {
    const stage = setUp({ relay: { identify: () => ({ identity: ada, friendlyName: 'Laptop', ...given }) } });
    const { body } = await openBrowser(stage).post('Factors', {});
    expect(body.options.publicKey.user).toMatchObject(user);
  });
}

test("no call to Verify contains the user's names", async () => {
  const stage = setUp({ relay: { identify: () => ({ identity: ada, userName, displayName }) } });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  await browser.signIn(passkey);
  await browser.send('GET', 'Factors');
  await browser.post(`Factors/${passkey.sid}`, { friendly_name: 'Phone' });
  await browser.send('DELETE', `Factors/${passkey.sid}`);
  expect(stage.upstream).toHaveLength(9);
  const sent = decodeURIComponent(JSON.stringify(stage.upstream)).replaceAll('+', ' ');
  const bytes = stage.upstream.map(({ body }) => Buffer.from(body, 'base64').toString('latin1')).join();
  for (const name of [userName, displayName, 'Lovelace', btoa(userName), btoa(displayName)]) {
    expect(sent).not.toContain(name);
    expect(bytes).not.toContain(name);
  }
  expect([...stage.storage.values()].join()).not.toContain('Lovelace');
});

test("the list has the names of the session's user, and none if identify() returns none", async () => {
  const stage = setUp({
    relay: {
      identify: (request) => ({ ...sessionOf(request)!, ...(isAda(request) && { userName, displayName }) }),
    },
  });
  const isAda = (request: Request) => sessionOf(request)?.identity === ada;
  expect((await openBrowser(stage, ada).send('GET', 'Factors')).body).toEqual({
    factors: [],
    complete: false,
    ...names,
  });
  expect((await openBrowser(stage, bob).send('GET', 'Factors')).body).toEqual({
    factors: [],
    complete: false,
  });
});

test('a sign-in gives names only to the user of the session', async () => {
  const stage = setUp({
    relay: {
      identify: (request) => {
        const who = sessionOf(request);
        return who && { ...who, userName, displayName };
      },
    },
  });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  expect((await browser.signIn(passkey)).body).toMatchObject({ identity: ada, ...names });
  const { body } = await openBrowser(stage).signIn(passkey);
  expect(body).toMatchObject({ identity: ada, status: 'approved' });
  expect(body).not.toHaveProperty('user_name');
  // Another user takes over the session between the two calls.
  const { challenge } = await browser.begin('Challenges');
  browser.cookies.set('session', bob);
  const changed = await browser.post('ApproveChallenge', await passkey.sign(challenge));
  expect(changed.status).toBe(200);
  expect(changed.body).not.toHaveProperty('user_name');
});

for (const [what, given] of [
  ['a number as userName', { userName: 7 }],
  ['a list as displayName', { displayName: ['Ada'] }],
  ['an object as friendlyName', { friendlyName: {} }],
] as const) {
  test(`a TypeError reports an identify() that returns ${what}, and nothing is sent`, async () => {
    const stage = setUp({ relay: { identify: () => ({ identity: ada, ...given }) as never } });
    const [name] = Object.keys(given);
    await expect(openBrowser(stage).post('Factors', {})).rejects.toThrow(
      `identify() must return ${name} as a text`,
    );
    expect(stage.upstream).toEqual([]);
  });
}
