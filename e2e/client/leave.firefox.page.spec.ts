/** A page that the user leaves and comes back to still works in Firefox, which also keeps a page with an open prompt. */
import { spy } from '../spy.ts';
import { expect, expectRecovery, test } from '../test.ts';
import { leaveUntilKept, testKeptPage } from './leave.ts';

testKeptPage();

test('a page left with its prompt open is kept, and its ceremony ends', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await leaveUntilKept(
    page,
    async () => {
      await authenticator.hold();
      const calls = await spy(page);
      await page.evaluate(() => {
        globalThis.left = outcome(passkeys.register());
      });
      await expect.poll(calls).toContain('create');
    },
    authenticator.confirm,
  );
  // The page was in the cache when the first `confirm` reached the others.
  await authenticator.confirm();
  expect(await page.evaluate(() => left)).toMatchObject({ value: { status: 'verified' } });
  await expectRecovery(page);
});
