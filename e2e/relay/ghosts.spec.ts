/** A passkey that Verify no longer has leaves nothing behind in the store, whoever removed it and whenever. */
import { expect, test } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import { createAdmin, type RelayConfig } from 'verify-passkeys/relay';
import { settings } from '../play-verify.ts';
import { createAuthenticator } from '../software-authenticator.ts';
import { accountSid, authToken, basic, serviceSid } from '../world.ts';
import { ada, openBrowser, refused, setUp } from './stage.ts';

const day = 24 * 60 * 60 * 1000;

/** A relay and an admin over one Verify. `pause` is awaited after Verify has answered, and gets the path. */
function setUpRemovals(relay: Partial<RelayConfig> = {}) {
  const emulator = createEmulator(settings);
  const verify = {
    pause: async (_path: string) => {},
    hidden: new Set<string>(),
    finds: true,
  };
  const fetch = async (request: Request) => {
    const { pathname } = new URL(request.url);
    const sid = pathname.split('/').at(-1)!;
    if (request.method === 'GET' && verify.hidden.has(sid) && !verify.finds) {
      return Response.json({ code: 60390, status: 404, message: 'No', more_info: null }, { status: 404 });
    }
    const response = await emulator.fetch(request);
    await verify.pause(pathname);
    if (request.method !== 'GET' || !pathname.endsWith('/Factors') || !response.ok) return response;
    const { factors } = (await response.json()) as { factors: { sid: string }[] };
    return Response.json({ factors: factors.filter((factor) => !verify.hidden.has(factor.sid)) });
  };
  const stage = setUp({ relay: { ...relay, fetch } });
  const { storage } = stage;
  const admin = createAdmin({ serviceSid, accountSid, authToken, storage, fetch });
  /** The keys of passkeys that the store has. */
  const keys = () => [...storage.keys()].filter((key) => /:(credential|factor):/.test(key));
  const removals: Record<string, (sid: string) => Promise<unknown>> = {
    'its user': (sid) => openBrowser(stage, ada).send('DELETE', `Factors/${sid}`),
    'an admin': (sid) => admin.remove(ada, sid),
    'an admin who closes the account': () => admin.close(ada),
  };
  /** Deletes a passkey as another back end would. */
  const deleteElsewhere = (sid: string) =>
    emulator.fetch(`https://verify.twilio.com/v2/Services/${serviceSid}/Entities/${ada}/Factors/${sid}`, {
      method: 'DELETE',
      headers: { authorization: basic },
    });
  /** Makes what the store has noted of the user a day older. */
  const age = () => {
    for (const [key, value] of storage) {
      if (!/:(newest|known):/.test(key)) continue;
      storage.set(
        key,
        // After a colon, since a SID may have thirteen digits in a row too.
        value.replace(/(?<=":)\d{13}/g, (at) => String(Number(at) - day)),
      );
    }
  };
  return { stage, verify, removals, keys, deleteElsewhere, age };
}

const hands = ['its user', 'an admin', 'an admin who closes the account'];

test('a passkey that is removed while its registration is answered is not told as verified, and leaves no keys', async () => {
  for (const who of hands) {
    for (const when of ['VerifyFactor', 'onVerified']) {
      const told: string[] = [];
      let remove: ((sid: string) => Promise<unknown>) | undefined;
      const onVerified: RelayConfig['onVerified'] = async ({ sid: factorSid }) => {
        told.push(factorSid);
        if (when === 'onVerified') await remove?.(factorSid);
      };
      const { stage, verify, removals, keys } = setUpRemovals({ onVerified });
      const browser = openBrowser(stage, ada);
      const what = `${who}, during ${when}`;
      const passkey = await createAuthenticator();
      const { challenge } = await browser.begin('Factors');
      const sid = Buffer.from(challenge, 'base64url').toString();
      remove = removals[who]!;
      let isFirst = true;
      verify.pause = async (path) => {
        if (when !== 'VerifyFactor' || !path.endsWith('/VerifyFactor') || !isFirst) return;
        isFirst = false;
        await remove?.(sid);
      };
      const answer = await browser.post('VerifyFactor', passkey.register(challenge));
      expect(answer, what).toMatchObject(refused(404, 'not_found'));
      expect(answer.body.message, what).toContain('removed while it was being created');
      expect([...browser.cookies.keys()], what).toEqual(['session']);
      expect(told, what).toHaveLength(when === 'onVerified' ? 1 : 0);
      expect(keys(), what).toEqual([]);
      if (who.includes('closes')) expect([...stage.storage].join(), what).not.toContain(ada);
    }
  }
});

test('a passkey that is removed while its registration is answered leaves no keys, even if the page leaves then', async () => {
  const { stage, verify, removals, keys } = setUpRemovals();
  const leaving = new AbortController();
  const relay = (request: Request) => stage.relay(new Request(request, { signal: leaving.signal }));
  const browser = openBrowser({ relay }, ada);
  const { challenge } = await browser.begin('Factors');
  const sid = Buffer.from(challenge, 'base64url').toString();
  verify.pause = async (path) => {
    if (!path.endsWith('/VerifyFactor')) return;
    await removals['its user']!(sid);
    leaving.abort();
  };
  const passkey = await createAuthenticator();
  await browser.post('VerifyFactor', passkey.register(challenge));
  expect(keys()).toEqual([]);
});

test('of a removed passkey nothing is left among the registrations of its user, be it the newest or not', async () => {
  const { stage, removals } = setUpRemovals();
  const browser = openBrowser(stage, ada);
  const [first, second, third] = [
    await browser.register(),
    await browser.register(),
    await browser.register(),
  ];
  const noted = () => [...stage.storage].filter(([key]) => /:(newest|known):/.test(key)).join();
  for (const { sid } of [first!, second!, third!]) {
    expect(noted()).toContain(sid);
    await removals['its user']!(sid);
    expect(noted()).not.toContain(sid);
  }
});

test('a registration whose store fails once its owner is kept is verified, and the list of a user without passkeys writes nothing', async () => {
  const kept = new Map<string, string>();
  let fails = false;
  const storage = {
    get: (key: string) => {
      if (fails && key.includes(':newest:')) throw new Error('the store is down');
      return kept.get(key);
    },
    set: (key: string, value: string) => void kept.set(key, value),
    delete: (key: string) => void kept.delete(key),
  };
  const { stage, verify } = setUpRemovals({ storage });
  expect((await openBrowser(stage, ada).send('GET', 'Factors')).body).toMatchObject({ factors: [] });
  expect([...kept.keys()]).toEqual([]);
  verify.pause = async (path) => {
    fails = path.endsWith('/VerifyFactor');
  };
  await openBrowser(stage, ada).register();
});

test('if the store has no newest registration, a passkey that is gone is answered as gone, and forgotten', async () => {
  const { stage, removals, keys, deleteElsewhere, age } = setUpRemovals();
  const browser = openBrowser(stage, ada);
  const [first, second] = [await browser.register(), await browser.register()];
  await removals['its user']!(second!.sid);
  await deleteElsewhere(first!.sid);
  expect(await browser.signIn(first!)).toMatchObject(refused(404, 60390));
  age();
  expect((await browser.send('GET', 'Factors')).body.factors).toEqual([]);
  await expect.poll(keys).toEqual([]);
});

test('once it is old, a listed passkey stays remembered, and a removal that succeeded is not repeated by a list', async () => {
  const { stage, removals, age } = setUpRemovals();
  const { storage } = stage;
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  await removals['its user']!((await browser.register()).sid);
  const deletions: string[] = [];
  const { delete: erase } = storage;
  storage.delete = (key) => {
    deletions.push(key);
    return erase.call(storage, key);
  };
  for (const makesOld of [false, true, true]) {
    if (makesOld) age();
    await browser.send('GET', 'Factors');
  }
  const newest = await browser.register();
  age();
  // What a list makes clear is done behind its back, and before the second list.
  for (const _ of [1, 2])
    expect((await browser.send('GET', 'Factors')).body).toMatchObject({ complete: true });
  expect(deletions).toEqual([]);
  for (const one of [passkey, newest]) await browser.signIn(one);
  expect(stage.approvals.map(({ remembered }) => remembered)).toEqual([true, true]);
});

test('a passkey that is removed while a sign-in remembers it leaves no keys', async () => {
  for (const who of hands) {
    for (const when of ['ApproveChallenge', 'onApproved']) {
      let remove: (() => Promise<unknown>) | undefined;
      const onApproved = async () => {
        if (when === 'onApproved') await remove?.();
      };
      const { stage, verify, removals, keys } = setUpRemovals({ onApproved });
      const passkey = await openBrowser({ relay: stage.again({ storage: new Map() }) }, ada).register();
      remove = () => removals[who]!(passkey.sid);
      verify.pause = async (path) => {
        if (when === 'ApproveChallenge' && path.endsWith('/ApproveChallenge')) await remove?.();
      };
      const what = `${who}, during ${when}`;
      expect(await openBrowser(stage).signIn(passkey), what).toMatchObject({ status: 200 });
      expect(keys(), what).toEqual([]);
    }
  }
});

test('if the store cannot delete a passkey that was removed during its sign-in, the sign-in succeeds, and a later list deletes it', async () => {
  const kept = new Map<string, string>();
  let fails = true;
  const storage = {
    get: (key: string) => kept.get(key),
    set: (key: string, value: string) => void kept.set(key, value),
    delete: (key: string) => {
      if (fails) throw new Error('no DELETE for this role');
      kept.delete(key);
    },
  };
  const { stage, verify, deleteElsewhere } = setUpRemovals({ storage });
  const passkey = await openBrowser({ relay: stage.again({ storage: new Map() }) }, ada).register();
  verify.pause = async (path) => {
    if (path.endsWith('/ApproveChallenge')) await deleteElsewhere(passkey.sid);
  };
  expect(await openBrowser(stage).signIn(passkey)).toMatchObject({ status: 200 });
  expect([...kept].join()).toContain(passkey.sid);
  fails = false;
  await openBrowser(stage, ada).send('GET', 'Factors');
  await expect.poll(() => [...kept].join()).not.toContain(passkey.sid);
});

test('keys of passkeys that another hand deleted at Verify go when a list shows that they are gone', async () => {
  const { stage, keys, deleteElsewhere, age } = setUpRemovals();
  const browser = openBrowser(stage, ada);
  const made = [await browser.register(), await browser.register(), await browser.register()];
  const elsewhere = await openBrowser({ relay: stage.again({ storage: new Map() }) }, ada).register();
  await browser.signIn(elsewhere);
  expect(keys()).toHaveLength(8);
  await browser.send('GET', 'Factors');
  await expect.poll(() => [...stage.storage].join()).toContain(`"${elsewhere.sid}":`);
  for (const { sid } of [made[0]!, made[2]!, elsewhere]) await deleteElsewhere(sid);
  age();
  const { body } = await browser.send('GET', 'Factors');
  expect(body).toMatchObject({ factors: [{ sid: made[1]!.sid }], complete: true });
  await expect.poll(() => keys().length).toBe(2);
  await expect.poll(() => [...stage.storage].join()).not.toContain(made[2]!.sid);
  expect((await browser.signIn(made[1]!)).status).toBe(200);
  expect((await browser.send('GET', 'Factors')).body).toMatchObject({ complete: true });
});

test('an old list, or a Verify that does not find a new passkey yet, makes the store forget nothing', async () => {
  const { stage, verify, keys, age } = setUpRemovals();
  const browser = openBrowser(stage, ada);
  const made = [await browser.register(), await browser.register()];
  // New passkeys, which Verify does not find at all.
  for (const { sid } of made) verify.hidden.add(sid);
  verify.finds = false;
  for (let i = 0; i < 3; i++) await browser.send('GET', 'Factors');
  // Old ones, which a list misses and Verify finds.
  age();
  verify.finds = true;
  let asked = 0;
  verify.pause = async (path) => {
    if (path.endsWith(made[0]!.sid)) asked++;
  };
  await browser.send('GET', 'Factors');
  await expect.poll(() => asked).toBe(1);
  expect(keys()).toHaveLength(4);
  verify.hidden.clear();
  for (const passkey of made) expect((await browser.signIn(passkey)).status).toBe(200);
  expect(stage.approvals).toMatchObject([{ remembered: true }, { remembered: true }]);
});
