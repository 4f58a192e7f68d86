/** A user's passkeys are listed, renamed and removed, and the browser learns of the changes. */
import { expect, test } from '../test.ts';
import { identity } from '../world.ts';

test("list() returns the signed-in user's passkeys with their credential ids", async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  const { sid } = await page.evaluate(() => passkeys.register({ friendlyName: 'Laptop' }));
  const [held] = await authenticator.credentials();
  expect(await page.evaluate(() => passkeys.list())).toEqual([
    {
      sid,
      friendlyName: 'Laptop',
      credentialId: held!.id,
      dateCreated: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      aaguid: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
    },
  ]);
});

test('list() makes a browser with the Signal API drop passkeys that Verify no longer has', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  await visit();
  const { sid } = await page.evaluate(() => passkeys.register());
  const [gone] = await authenticator.credentials();
  // The user's second passkey is on another device, and this device has only the first.
  await authenticator.clear();
  await page.evaluate(() => passkeys.register());
  await authenticator.clear();
  await authenticator.add(gone!);
  await page.evaluate(async (factorSid) => {
    // The passkey is removed on another device, so this browser does not learn of it.
    const { signalUnknownCredential } = PublicKeyCredential as unknown as Record<string, unknown>;
    Object.assign(PublicKeyCredential, { signalUnknownCredential: undefined });
    await passkeys.remove(factorSid);
    Object.assign(PublicKeyCredential, { signalUnknownCredential });
  }, sid);
  expect(await authenticator.credentials()).toHaveLength(1);
  expect(await page.evaluate(() => passkeys.list())).toHaveLength(1);
  const kept = async () => (await authenticator.credentials()).length;
  await expect.poll(kept).toBe(browserName === 'chromium' ? 0 : 1);
});

for (const call of ['authenticate', 'list'] as const) {
  test(`${call}() gives a browser with the Signal API the names of the account that the relay sends`, async ({
    page,
    visit,
    authenticator,
    browserName,
  }) => {
    let who = { identity, userName: 'ada@old.example', displayName: 'Ada' };
    await visit({ relay: { identify: () => who } });
    await page.evaluate(() => passkeys.register({ friendlyName: 'Laptop' }));
    who = { identity, userName: 'ada@example.com', displayName: 'Ada Lovelace' };
    await page.evaluate(async (method) => void (await passkeys[method]()), call);
    const names = async () => {
      const [held] = await authenticator.credentials();
      return [held?.userName, held?.userDisplayName];
    };
    if (browserName === 'chromium') await expect.poll(names).toEqual(['ada@example.com', 'Ada Lovelace']);
    else expect(await names()).not.toContain('ada@example.com');
  });
}

test('remove() removes the passkey at Verify, and from a browser with the Signal API', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  await visit();
  const { sid } = await page.evaluate(() => passkeys.register());
  await page.evaluate((factorSid) => passkeys.remove(factorSid), sid);
  expect(await page.evaluate(() => passkeys.list())).toEqual([]);
  const kept = async () => (await authenticator.credentials()).length;
  await expect.poll(kept).toBe(browserName === 'chromium' ? 0 : 1);
});

test('a sign-in with a passkey that Verify does not know makes a browser with the Signal API drop it', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await visit();
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    code: 'rejected',
    rejection: { code: 60390, status: 404 },
  });
  await expect
    .poll(async () => (await authenticator.credentials()).length)
    .toBe(browserName === 'chromium' ? 0 : 1);
});

test('list(), rename() and remove() work if the browser has no Signal API', async ({ page, visit }) => {
  await visit();
  await page.evaluate(() => {
    for (const name of [
      'signalUnknownCredential',
      'signalAllAcceptedCredentials',
      'signalCurrentUserDetails',
    ]) {
      Reflect.deleteProperty(PublicKeyCredential, name);
    }
  });
  const { sid } = await page.evaluate(() => passkeys.register());
  await page.evaluate((factorSid) => passkeys.rename(factorSid, 'Phone'), sid);
  expect(await page.evaluate(() => passkeys.list())).toMatchObject([{ friendlyName: 'Phone' }]);
  await page.evaluate((factorSid) => passkeys.remove(factorSid), sid);
});
