/** In browsers whose virtual authenticator Playwright cannot reach, the fixture is Playwright's own stand-in. */
import { addAuthenticator, withAuthenticator } from 'verify-passkeys/playwright';
import { expect, isolated } from '../test.ts';
import { startWorld } from '../world.ts';

const test = withAuthenticator(isolated);

test('the fixture is a stand-in that makes a passkey and signs in with it', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  expect(authenticator.kind).toBe('stand-in');
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    value: { status: 'verified' },
  });
  const [held] = await authenticator.credentials();
  expect(held).toMatchObject({ rpId: 'localhost', signCount: 0, isResidentCredential: true });
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    value: { status: 'approved' },
  });

  const [used] = await authenticator.credentials();
  expect(used).toEqual({ ...held, signCount: 1 });
  await expect(authenticator.add(held!)).rejects.toThrow('holds this id already');
  await authenticator.remove(held!.id);
  await expect(authenticator.remove(held!.id)).rejects.toThrow('holds no credential of this id');
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({ code: 'cancelled' });

  await authenticator.add(used!);
  await authenticator.confirm();
  await page.reload();
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    value: { status: 'approved' },
  });
  expect(await authenticator.credentials()).toMatchObject([{ id: held!.id, signCount: 2 }]);
  await authenticator.clear();
  expect(await authenticator.credentials()).toEqual([]);
});

test('the stand-in works if the browser has no PublicKeyCredential', async ({ browser }) => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'PublicKeyCredential');
  });
  const page = await context.newPage();
  const world = await startWorld();
  await page.goto(world.origin);
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({ code: 'unsupported' });
  const authenticator = await addAuthenticator(context);
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    value: { status: 'verified' },
  });
  await page.reload();
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    value: { status: 'approved' },
  });
  await authenticator.unplug();
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({ code: 'cancelled' });
  await context.close();
  await world.stop();
});

test('a stand-in throws for what it cannot do, and names the browser and the project to use instead', async ({
  browser,
  context,
  authenticator,
  browserName,
}) => {
  const saying = (what: string) =>
    `A stand-in for an authenticator, which is all that Playwright has in ${browserName}, cannot ${what}: run this test in a project of browserName 'chromium'.`;
  await expect(authenticator.hold()).rejects.toThrow(saying('hold a ceremony'));
  await expect(authenticator.refuse()).rejects.toThrow(saying('refuse a ceremony'));
  await expect(authenticator.setUserVerified(false)).rejects.toThrow(saying('leave its user unverified'));
  await authenticator.setUserVerified(true);
  const credential = { id: 'AAAA', rpId: 'localhost', privateKey: '', signCount: 0 };
  await expect(authenticator.add({ ...credential, isResidentCredential: true })).rejects.toThrow(
    saying('hold a credential that is not discoverable or has no userHandle'),
  );
  await expect(addAuthenticator(context)).rejects.toThrow(saying('be added to a context twice'));
  const other = await browser.newContext();
  for (const [options, what] of [
    [{ transport: 'usb' }, "have the transport 'usb'"],
    [{ hasResidentKey: false }, 'do without discoverable credentials'],
    [{ hasUserVerification: false }, 'leave its user unverified'],
    [{ isUserVerified: false }, 'leave its user unverified'],
  ] as const) {
    await expect(addAuthenticator(other, options)).rejects.toThrow(saying(what));
  }
  Object.defineProperty(other, 'credentials', { value: undefined });
  await expect(addAuthenticator(other)).rejects.toThrow(
    `verify-passkeys/playwright needs Chromium, or Playwright 1.61 and newer in ${browserName}`,
  );
  await other.close();
});
