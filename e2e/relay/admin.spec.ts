/** The operator lists and removes a user's passkeys and closes accounts, with the relay's account, Service and store. */
import { expect, test } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import { AdminError, createAdmin } from 'verify-passkeys/relay';
import { settings } from '../play-verify.ts';
import { accountSid, authToken, basic, serviceSid } from '../world.ts';
import { ada, bob, openBrowser, setUp } from './stage.ts';

type Fetch = (request: Request) => Promise<Response>;

/** A relay and an admin over one emulator and one store. `verify.down` makes DELETE fail. */
function setUpAdmin() {
  const emulator = createEmulator(settings);
  const verify: { down: boolean; calls: number; beforeDelete?: (() => Promise<void>) | undefined } = {
    down: false,
    calls: 0,
  };
  const fetch: Fetch = async (request) => {
    verify.calls++;
    if (request.method === 'DELETE') await verify.beforeDelete?.();
    if (verify.down && request.method === 'DELETE') throw new Error(`down for ${authToken}`);
    return emulator.fetch(request);
  };
  const stage = setUp({ relay: { fetch } });
  const admin = createAdmin({ serviceSid, accountSid, authToken, storage: stage.storage, fetch });
  const call = (path: string, init: RequestInit = {}) =>
    emulator.fetch(`https://verify.twilio.com/v2/Services/${serviceSid}${path}`, {
      ...init,
      headers: { authorization: basic, ...init.headers },
    });
  return { stage, admin, verify, call };
}

test("an operator lists a user's passkeys and removes one, and only of that user", async () => {
  const { stage, admin } = setUpAdmin();
  const passkey = await openBrowser(stage, ada).register();
  const others = await openBrowser(stage, bob).register();
  expect(await admin.list(ada)).toMatchObject([{ sid: passkey.sid, credentialId: passkey.id }]);
  await expect(admin.remove(ada, others.sid)).rejects.toMatchObject({
    name: 'AdminError',
    code: 'not_found',
  });
  await admin.remove(ada, passkey.sid);
  expect(await admin.list(ada)).toEqual([]);
  expect(await admin.list(bob)).toHaveLength(1);
  expect(await openBrowser(stage).signIn(passkey)).toMatchObject({ body: { code: 60390 } });
});

test('closing an account deletes its Entity with every Factor and every key in the store, and can be repeated', async () => {
  const { stage, admin, call } = setUpAdmin();
  const passkeys = [await openBrowser(stage, ada).register(), await openBrowser(stage, ada).register()];
  await openBrowser(stage, bob).register();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = 'FactorType=totp&FriendlyName=Phone';
  await call(`/Entities/${ada}/Factors`, { method: 'POST', headers, body });
  const before = [...stage.storage.keys()].length;
  await admin.close(ada);
  await admin.close(ada);
  expect((await call(`/Entities/${ada}`)).status).toBe(404);
  expect([...stage.storage].filter((entry) => entry.join().includes(ada))).toEqual([]);
  expect(before - stage.storage.size).toBe(6);
  for (const passkey of passkeys) {
    expect(await openBrowser(stage).signIn(passkey)).toMatchObject({ body: { code: 60390 } });
  }
  expect(await admin.list(bob)).toHaveLength(1);
});

test('a close that fails half way says what is left, without a secret, and is finished when it is repeated', async () => {
  const { stage, admin, verify } = setUpAdmin();
  await openBrowser(stage, ada).register();
  verify.down = true;
  const error = await admin.close(ada).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AdminError);
  expect(error).toMatchObject({ code: 'verify_unreachable', left: ['entity'] });
  expect(String((error as AdminError).cause)).not.toContain(authToken);
  verify.down = false;
  await admin.close(ada);
  expect(await admin.list(ada)).toEqual([]);
});

test('a sign-in that is under way while the account is closed leaves no key behind', async () => {
  const { stage, admin, verify } = setUpAdmin();
  const passkey = await openBrowser(stage, ada).register();
  // The store has lost the passkey, so the sign-in writes its keys again.
  stage.storage.clear();
  let signingIn: Promise<unknown> | undefined;
  verify.beforeDelete = async () => {
    verify.beforeDelete = undefined;
    signingIn = openBrowser(stage).signIn(passkey);
    await signingIn;
    expect([...stage.storage].join()).toContain(ada);
  };
  await admin.close(ada);
  expect(await signingIn).toMatchObject({ status: 200 });
  expect([...stage.storage].join()).not.toContain(ada);
  expect([...stage.storage.keys()].filter((key) => !key.endsWith(':alive'))).toEqual([]);
  expect(await openBrowser(stage).signIn(passkey)).toMatchObject({ body: { code: 60390 } });
});

test('a malformed identity or SID is a TypeError, and Verify is not called', async () => {
  const { admin, verify } = setUpAdmin();
  for (const identity of [
    '',
    'short',
    '../../Services',
    `${ada}\n`,
    'ada@example.com',
    null,
    12345678,
    [ada],
    { toString: () => ada },
  ]) {
    const bad = identity as string;
    for (const calling of [admin.list(bad), admin.remove(bad, `YF${'1'.repeat(32)}`), admin.close(bad)]) {
      await expect(calling).rejects.toThrow(TypeError);
    }
  }
  for (const sid of [
    '',
    'YF1',
    `YC${'1'.repeat(32)}`,
    `YF${'1'.repeat(32)}/..`,
    [`YF${'1'.repeat(32)}`],
    undefined,
  ]) {
    await expect(admin.remove(ada, sid as string), String(sid)).rejects.toThrow(TypeError);
  }
  expect(verify.calls).toBe(0);
  expect(() => createAdmin({ serviceSid: 'VA1', accountSid, authToken })).toThrow('createAdmin: serviceSid');
});
