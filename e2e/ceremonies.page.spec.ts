import { expect, test } from './test.ts';

test('register() resolves to a verified Factor and authenticate() to an approved Challenge', async ({
  page,
  visit,
}) => {
  await visit();
  const factor = await page.evaluate(() => outcome(passkeys.register({ friendlyName: 'Laptop' })));
  const challenge = await page.evaluate(() => outcome(passkeys.authenticate()));
  expect(factor).toMatchObject({ value: { status: 'verified', friendlyName: 'Laptop' } });
  expect(challenge).toMatchObject({ value: { status: 'approved' } });
});
