import { spy } from './spy.ts';
import { expect, expectRecovery, test } from './test.ts';

test('a page left while its prompt is open works again when the user comes back', async ({
  page,
  visit,
  authenticator,
}) => {
  const { origin } = await visit();
  await authenticator.hold();
  const calls = await spy(page);
  await page.evaluate(() => {
    Object.assign(globalThis, { left: outcome(passkeys.register()) });
  });
  await expect.poll(calls).toContain('create');
  await page.goto(`${origin}/elsewhere`);
  await page.waitForFunction(() => 'passkeys' in globalThis);
  await authenticator.confirm();
  await expectRecovery(page);
  await page.goBack();
  await page.waitForFunction(() => 'passkeys' in globalThis);
  await expectRecovery(page);
});
