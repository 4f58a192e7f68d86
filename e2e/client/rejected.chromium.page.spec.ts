/** The error for a refusal by Verify has issues that name what may be wrong with the credential. */
import { expect, test } from '../test.ts';
import type { Outcome, WorldConfig } from '../world.ts';

/** A world in which Verify refuses every VerifyFactor and ApproveChallenge. */
const refusing = (code: number, status = 400): WorldConfig => ({
  verify: async ({ url }) =>
    /(VerifyFactor|ApproveChallenge)$/.test(url)
      ? Response.json(
          { code, status, message: 'No', more_info: `https://www.twilio.com/docs/errors/${code}` },
          { status },
        )
      : undefined,
});

for (const [code, path] of [
  [60380, 'response.clientDataJSON'],
  // The authenticator data of a registration is in this member.
  [60382, 'response.attestationObject'],
  [60386, 'response.attestationObject'],
] as const) {
  test(`register() rejects with "rejected" and says what else to check if Verify refuses a correct body with ${code}`, async ({
    page,
    visit,
  }) => {
    const { origin } = await visit(refusing(code));
    const outcome = await page.evaluate('outcome(passkeys.register())');
    expect(outcome).toMatchObject({
      code: 'rejected',
      rejection: { code, status: 400, message: 'No', moreInfo: `https://www.twilio.com/docs/errors/${code}` },
      issues: [
        {
          path,
          code,
          message: expect.stringContaining(`made on "${origin}" for the relying party "localhost"`),
          fix: expect.stringMatching(/^Make sure that the Verify Service/),
        },
      ],
    });
  });
}

test('authenticate() rejects with issues too', async ({ page, visit }) => {
  await visit({
    verify: async ({ url }) =>
      url.endsWith('ApproveChallenge')
        ? Response.json({ code: 60381, message: 'No', more_info: null, status: 400 }, { status: 400 })
        : undefined,
  });
  await page.evaluate('passkeys.register()');
  const outcome = await page.evaluate('outcome(passkeys.authenticate())');
  expect(outcome).toMatchObject({ code: 'rejected', issues: [{ path: 'response.signature', code: 60381 }] });
});

test('register() rejects without issues if the refusal is not about the credential', async ({
  page,
  visit,
}) => {
  await visit(refusing(60383, 403));
  const { code, rejection, issues } = (await page.evaluate('outcome(passkeys.register())')) as Outcome;
  expect({ code, number: rejection?.code, issues }).toEqual({
    code: 'rejected',
    number: 60383,
    issues: undefined,
  });
});
