/** However the storage fails, nobody signs in wrongly and no passkey is lost. */
import { expect, test } from '@playwright/test';
import type { RelayStorage } from 'verify-passkeys/relay';
import { createAuthenticator } from '../software-authenticator.ts';
import { ada, openBrowser, refused, setUp } from './stage.ts';

const unavailable = refused(503, 'storage_unavailable');

/** Short enough for a test of a store that hangs, long enough for a busy machine. */
const impatient = { timeout: 2000 };

/** A store that works until it is broken. As Redis does, it returns null for what it does not have. */
function breakable(broken: Partial<RelayStorage>) {
  const values = new Map<string, string>();
  let works = true;
  const storage: RelayStorage = {
    get: (key) => (works || !broken.get ? (values.get(key) ?? null) : broken.get(key)),
    set: (key, value) => (works || !broken.set ? values.set(key, value) : broken.set(key, value)),
    delete: (key) => (works || !broken.delete ? values.delete(key) : broken.delete(key)),
  };
  const breakDown = () => {
    works = false;
  };
  return { storage, breakDown };
}

const fails = () => Promise.reject(new Error('connection lost at Socket.js:1'));
const throws = () => {
  throw new Error('closed');
};
const hangs = () => new Promise(() => {});
const forgets = () => undefined;

for (const [what, broken] of [
  ['rejects', { get: fails, set: fails, delete: fails }],
  ['throws', { get: throws, set: throws, delete: throws }],
  ['hangs', { get: hangs, set: hangs, delete: hangs }],
  ['returns something other than a text', { get: () => ({ identity: ada }) }],
  // JSON.parse would take the list for its only item.
  ['returns a text in a list', { get: () => [JSON.stringify({ identity: ada })] }],
  ['returns a text that is not JSON', { get: () => '{"identity":' }],
  ['returns a record without its members', { get: () => '{"identity":"x"}' }],
] as const) {
  test(`a store that ${what} gives 503 and no approval, and Verify is not asked`, async () => {
    const { storage, breakDown } = breakable(broken);
    const stage = setUp({ relay: { storage } });
    let { relay } = stage;
    const browser = openBrowser({ relay: (request) => relay(request) }, ada);
    const passkey = await browser.register();
    const { challenge } = await browser.begin('Challenges');
    const registration = await browser.begin('Factors');
    breakDown();
    relay = stage.again(impatient);
    const sent = stage.upstream.length;
    expect(await browser.post('ApproveChallenge', await passkey.sign(challenge))).toMatchObject(unavailable);
    const credential = (await createAuthenticator()).register(registration.challenge);
    expect(await browser.post('VerifyFactor', credential)).toMatchObject(unavailable);
    expect(stage.upstream).toHaveLength(sent);
    expect(stage.approvals).toEqual([]);
  });
}

test('with a store that keeps nothing, no passkey is created, and one that Verify knows still signs in', async () => {
  const { storage, breakDown } = breakable({ get: forgets, set: forgets, delete: forgets });
  const stage = setUp({ relay: { storage } });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const { challenge } = await browser.begin('Factors');
  breakDown();
  const sent = stage.upstream.length;
  const credential = (await createAuthenticator()).register(challenge);
  expect(await browser.post('VerifyFactor', credential)).toMatchObject(unavailable);
  expect(stage.upstream).toHaveLength(sent);
  expect((await openBrowser(stage).signIn(passkey)).status).toBe(200);
  expect(stage.approvals).toMatchObject([{ identity: ada, remembered: false }]);
});

for (const [what, set] of [
  ['rejects', fails],
  ['says false', () => false],
  ['hangs', hangs],
] as const) {
  test(`when the store ${what} while it stores an owner that Verify named, nobody signs in`, async () => {
    const { storage, breakDown } = breakable({ set });
    const stage = setUp({ relay: { storage } });
    const elsewhere = { relay: stage.again({ storage: new Map() }) };
    const passkey = await openBrowser(elsewhere, ada).register();
    let { relay } = stage;
    const browser = openBrowser({ relay: (request) => relay(request) });
    const { challenge } = await browser.begin('Challenges');
    breakDown();
    relay = stage.again(impatient);
    const answer = await browser.post('ApproveChallenge', await passkey.sign(challenge));
    expect(answer).toMatchObject(unavailable);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(stage.approvals).toEqual([]);
  });
}

for (const [what, set] of [
  ['rejects', fails],
  ['says false', () => false],
  ['hangs', hangs],
] as const) {
  test(`when the store ${what} while it stores a new passkey, the page gets 503 and onVerified is not called`, async () => {
    const { storage, breakDown } = breakable({ set });
    let verified = 0;
    const stage = setUp({ relay: { storage, onVerified: () => void verified++ } });
    let { relay } = stage;
    const browser = openBrowser({ relay: (request) => relay(request) }, ada);
    await browser.register();
    const { challenge } = await browser.begin('Factors');
    breakDown();
    relay = stage.again(impatient);
    expect(
      await browser.post('VerifyFactor', (await createAuthenticator()).register(challenge)),
    ).toMatchObject(unavailable);
    expect(verified).toBe(1);
  });
}

test('a store that fails after onApproved has let the user in changes nothing, and the next sign-in relies on Verify again', async () => {
  const { storage, breakDown } = breakable({ set: fails });
  const approved: boolean[] = [];
  const onApproved = ({ remembered }: { remembered: boolean }) => {
    approved.push(remembered);
    breakDown();
  };
  const stage = setUp({ relay: { storage, onApproved } });
  const passkey = await openBrowser({ relay: stage.again({ storage: new Map() }) }, ada).register();
  for (let i = 0; i < 2; i++) expect((await openBrowser(stage).signIn(passkey)).status).toBe(200);
  expect(approved).toEqual([false, false]);
});

test('when the store fails while a passkey is removed, the page gets 503', async () => {
  const { storage, breakDown } = breakable({ delete: fails });
  const browser = openBrowser(setUp({ relay: { storage } }), ada);
  const { sid } = await browser.register();
  breakDown();
  expect(await browser.send('DELETE', `Factors/${sid}`)).toMatchObject(unavailable);
});

test('records of a removed passkey that the store failed to delete are deleted with the next list', async () => {
  let works = true;
  let deletions = 0;
  const values = new Map<string, string>();
  const storage: RelayStorage = {
    get: (key) => values.get(key),
    set: (key, value) => values.set(key, value),
    delete(key) {
      deletions++;
      return works ? values.delete(key) : fails();
    },
  };
  const browser = openBrowser(setUp({ relay: { storage } }), ada);
  const { sid } = await browser.register();
  works = false;
  expect(await browser.send('DELETE', `Factors/${sid}`)).toMatchObject(unavailable);
  expect([...values.keys()].filter((key) => !key.endsWith(':alive'))).toHaveLength(3);
  works = true;
  expect((await browser.send('GET', 'Factors')).body).toEqual({ factors: [], complete: false });
  // Nobody waits for it.
  await expect.poll(() => [...values.keys()].filter((key) => !key.endsWith(':alive'))).toEqual([]);
  // What is deleted once is not deleted with every later list.
  deletions = 0;
  await browser.send('GET', 'Factors');
  expect(deletions).toBe(0);
});

test('a credential id of any length gives a key of the same short length', async () => {
  const stage = setUp();
  const browser = openBrowser(stage);
  const passkey = await createAuthenticator();
  const { challenge } = await browser.begin('Challenges');
  const keys: string[] = [];
  const get = stage.storage.get.bind(stage.storage);
  stage.storage.get = (key) => {
    keys.push(key);
    return get(key);
  };
  const id = Buffer.alloc(1023, 0xff).toString('base64url');
  await browser.post('ApproveChallenge', { ...(await passkey.sign(challenge)), id, rawId: id });
  expect(keys[0]).toMatch(/^VA1{32}:credential:[\w-]{43}$/);
});

test('two Services that share a store share no passkey', async () => {
  const storage = new Map<string, string>();
  const passkey = await openBrowser(setUp({ relay: { storage } }), ada).register();
  const serviceSid = `VA${'9'.repeat(32)}`;
  const other = setUp({ relay: { storage, serviceSid }, emulator: { serviceSid } });
  expect(await openBrowser(other).signIn(passkey)).toMatchObject(refused(404, 60390));
});
