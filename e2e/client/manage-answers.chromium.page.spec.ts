/** What list(), rename() and remove() make of what they are asked for and of what they are answered. */
import { expect, test } from '../test.ts';

test('list() is empty for a user without passkeys', async ({ page, visit }) => {
  await visit();
  expect(await page.evaluate(() => passkeys.list())).toEqual([]);
});

test('rename() renames the passkey at Verify, and does not change the name of the account in the browser', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  const { sid } = await page.evaluate(() => passkeys.register({ friendlyName: 'Laptop' }));
  const [before] = await authenticator.credentials();
  const renamed = await page.evaluate((factorSid) => passkeys.rename(factorSid, 'Old laptop'), sid);
  expect(renamed).toMatchObject({ sid, friendlyName: 'Old laptop' });
  expect(await page.evaluate(() => passkeys.list())).toMatchObject([{ sid, friendlyName: 'Old laptop' }]);
  const [after] = await authenticator.credentials();
  expect(after?.userName).toBe(before?.userName);
});

for (const sid of ['', '.', '..', '../VerifyFactor', '%', '\ud800', 'YF1', '__proto__']) {
  test(`rename() and remove() of ${JSON.stringify(sid)} reject with the relay's not_found, and send nothing`, async ({
    page,
    visit,
  }) => {
    const { upstream } = await visit();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    for (const run of ['rename', 'remove'] as const) {
      const ended = await page.evaluate(
        ([method, factorSid]) => outcome(passkeys[method](factorSid, 'Phone')),
        [run, sid] as const,
      );
      expect(ended, run).toMatchObject({ code: 'rejected', rejection: { code: 'not_found', status: 404 } });
    }
    expect({ asked, upstream }).toEqual({ asked: [], upstream: [] });
  });
}

test('list() resolves if the browser never answers the calls of the Signal API', async ({ page, visit }) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  const ended = await page.evaluate(() => {
    const never = () => new Promise(() => {});
    Object.assign(PublicKeyCredential, {
      signalAllAcceptedCredentials: never,
      signalCurrentUserDetails: never,
      signalUnknownCredential: never,
    });
    return outcome(passkeys.list());
  });
  expect(ended).toMatchObject({ value: [{ sid: expect.any(String) }] });
});

test("remove() of another user's passkey rejects with the relay's not_found", async ({ page, visit }) => {
  await visit();
  const sid = `YF${'9'.repeat(32)}`;
  expect(await page.evaluate((factorSid) => outcome(passkeys.remove(factorSid)), sid)).toMatchObject({
    code: 'rejected',
    rejection: { code: 'not_found', status: 404 },
  });
});

test('the browser keeps a passkey that only the relay does not know', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit({
    answer: async ({ url }) =>
      url.endsWith('/ApproveChallenge')
        ? Response.json({ code: 'unknown_credential', message: 'Nobody', status: 403 }, { status: 403 })
        : undefined,
  });
  await page.evaluate(() => passkeys.register());
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    code: 'rejected',
    rejection: { code: 'unknown_credential' },
  });
  expect(await authenticator.credentials()).toHaveLength(1);
});
