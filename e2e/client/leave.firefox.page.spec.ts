/** A page that the user leaves and comes back to still works in Firefox, which also keeps a page with an open prompt. */
import { expect, expectRecovery, test } from '../test.ts';
import { leaveUntilKept, openPrompt, testKeptPage } from './leave.ts';

testKeptPage();

test('a page left with its prompt open is kept, and its ceremony ends', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await leaveUntilKept(page, () => openPrompt(page, authenticator), authenticator.confirm);
  // The first `confirm` did not reach the page, which was in the cache.
  await authenticator.confirm();
  expect(await page.evaluate(() => left)).toMatchObject({ value: { status: 'verified' } });
  await expectRecovery(page);
});
