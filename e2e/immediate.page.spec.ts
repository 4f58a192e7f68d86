import { spy } from './spy.ts';
import { expect, test } from './test.ts';

test('authenticate({ immediate: true }) rejects with "no_credential" at once on a device without a passkey', async ({
  page,
  visit,
}) => {
  await visit();
  const watch = await spy(page);
  expect(await page.evaluate(() => outcome(passkeys.authenticate({ immediate: true })))).toMatchObject({
    code: 'no_credential',
  });
  expect(await watch()).toEqual(['Challenges', 'get immediate']);
});

test('authenticate({ immediate: true }) signs in with a passkey of this device', async ({ page, visit }) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  expect(await page.evaluate(() => outcome(passkeys.authenticate({ immediate: true })))).toMatchObject({
    value: { status: 'approved' },
  });
});

test('authenticate({ immediate: true }) is the plain ceremony where the browser has no such mode', async ({
  page,
  visit,
}) => {
  await visit();
  await page.evaluate(() => {
    Object.assign(PublicKeyCredential, { getClientCapabilities: async () => ({}) });
  });
  const watch = await spy(page);
  expect(await page.evaluate(() => outcome(passkeys.authenticate({ immediate: true })))).toMatchObject({
    code: 'cancelled',
  });
  expect(await watch()).toEqual(['Challenges', 'get']);
});
