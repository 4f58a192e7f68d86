/** A page that the user leaves and comes back to still works in Chromium, reloaded or from the back/forward cache. */
import { expect, expectRecovery, test } from '../test.ts';
import { leave, openPrompt, testKeptPage } from './leave.ts';

// Playwright turns the back/forward cache off, but users have it on.
test.use({ cacheOfLeftPages: true });

// These tests need a browser of their own, and one is enough.
test.describe.configure({ mode: 'default' });

testKeptPage();

test('a page left with its prompt open is loaded again and works', async ({ page, visit, authenticator }) => {
  await visit();
  await openPrompt(page, authenticator);
  expect(await leave(page, authenticator.confirm)).toBe(false);
  await expectRecovery(page);
});
