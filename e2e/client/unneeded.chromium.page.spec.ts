/** The page needs few members of the relay's answers, and no other can make it fail. */
import { expect, test } from '../test.ts';
import { spoils, spoilText } from '../unneeded.ts';

/** What a page can do without, while the relay cannot. */
const also = ['identity', 'entity_sid', 'factor_sid'];

test('the page works whatever its back end says in members that nothing depends on', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  let value: unknown;
  await page.route('**/passkeys/**', async (route) => {
    const response = await route.fetch();
    // A back end of one's own may pass on the other word that Verify may answer.
    const text = (await response.text()).replace('"status":"verified"', '"status":"approved"');
    await route.fulfill({ response, body: spoilText(text, value, ...also) });
  });
  for (const [what, spoiled] of spoils) {
    value = spoiled;
    const ended = await page.evaluate(async () => {
      const factor = await outcome(passkeys.register());
      const challenge = await outcome(passkeys.authenticate());
      const list = await outcome(passkeys.list());
      const [{ sid } = { sid: '' }] = (list.value ?? []) as { sid: string }[];
      const renamed = await outcome(passkeys.rename(sid, 'Key ring'));
      return { factor, challenge, list, renamed, removed: await outcome(passkeys.remove(sid)) };
    });
    expect(ended, what).toMatchObject({
      factor: { value: { status: 'verified' } },
      challenge: { value: { status: 'approved' } },
      list: { value: [{ sid: expect.stringMatching(/^YF/) }] },
      renamed: { value: { sid: expect.stringMatching(/^YF/) } },
    });
    expect(ended.removed, what).toEqual({});
    await authenticator.clear();
  }
});

test("the page keeps the code of a refusal whatever else the refusal's answer says", async ({
  page,
  visit,
}) => {
  await visit();
  let body = '';
  await page.route('**/passkeys/**', (route) => route.fulfill({ status: 403, body }));
  for (const [what, value] of spoils) {
    const error = '{"code":60323,"message":"Expired","more_info":"https://www.twilio.com/","status":403}';
    body = spoilText(error, value, 'status');
    const ended = await page.evaluate(() => outcome(passkeys.register()));
    expect(ended, what).toMatchObject({ code: 'rejected', rejection: { code: 60323, status: 403 } });
  }
});
