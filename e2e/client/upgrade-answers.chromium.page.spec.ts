/** What upgrade() makes of each answer of the browser and of the relay. */
import type { Page } from '@playwright/test';
import { declareUpgrade, makeInSilence } from '../silent-passkey.ts';
import { expect, test } from '../test.ts';
import type { World } from '../world.ts';

const upgrade = (page: Page) => page.evaluate(() => outcome(passkeys.upgrade()));

test('upgrade() resolves to null, and makes no Factor, if the browser lacks conditional create', async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  await declareUpgrade(page, false);
  expect(await upgrade(page)).toEqual({ value: null });
  expect(upstream).toEqual([]);
});

for (const name of ['NotAllowedError', 'InvalidStateError', 'ConstraintError']) {
  test(`upgrade() resolves to null if the browser declines with ${name}`, async ({ page, visit }) => {
    const { upstream } = await visit();
    await declareUpgrade(page, true);
    await page.evaluate((exception) => {
      navigator.credentials.create = async () => {
        throw new DOMException('declined', exception);
      };
    }, name);
    expect(await upgrade(page)).toEqual({ value: null });
    expect(upstream).toHaveLength(1);
  });
}

/** The flags of the passkey that was sent to Verify. https://www.w3.org/TR/webauthn-3/#authdata-flags */
function flagsSent({ upstream }: World): number {
  const { body } = upstream.find(({ path }) => path.endsWith('/VerifyFactor'))!;
  const bytes = Buffer.from(JSON.parse(body).response.attestationObject, 'base64url');
  const at = bytes.indexOf('authData') + 8;
  return bytes[at + (bytes[at] === 0x58 ? 2 : 3) + 32]!;
}

test('upgrade() resolves to a verified Factor if the browser makes the passkey without asking its user', async ({
  page,
  visit,
}) => {
  const world = await visit();
  await makeInSilence(page);
  expect(await upgrade(page)).toMatchObject({ value: { status: 'verified' } });
  expect(flagsSent(world) & 0b101).toBe(0);
});

test('upgrade() asks for user verification as "preferred" if the Service says "required", which browsers refuse', async ({
  page,
  visit,
}) => {
  await visit({ emulator: { userVerification: 'required' } });
  await declareUpgrade(page, true);
  const asked = await page.evaluate(async () => {
    let wish: unknown;
    navigator.credentials.create = async (options) => {
      wish = options!.publicKey!.authenticatorSelection!.userVerification;
      throw new DOMException('declined', 'NotAllowedError');
    };
    await passkeys.upgrade();
    return wish;
  });
  expect(asked).toBe('preferred');
});

test('createCredential() with mediation "conditional" gives a credential that the check accepts as conditional, and not as a plain one', async ({
  page,
  visit,
}) => {
  await visit();
  await makeInSilence(page);
  const issues = await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' };
    const begun = await fetch('/passkeys/Factors', { method: 'POST', headers, body: '{}' });
    const made = await sdk.createCredential(await begun.json(), { mediation: 'conditional' });
    return [
      sdk.checkRegistration(made, { mediation: 'conditional' }),
      sdk.checkRegistration(made).map(({ path, code }) => ({ path, code })),
    ];
  });
  expect(issues).toEqual([[], [{ path: 'response.attestationObject', code: 60386 }]]);
});

for (const [what, answer] of [
  ['Verify fails', { status: 500, code: 20500 }],
  ['Verify fails with a number that is final otherwise', { status: 500, code: 60380 }],
  ['the relay cannot reach Verify', { status: 502, code: 'verify_unreachable' }],
  ['a gateway waited too long', { status: 408, code: 'too_late' }],
  ['the passkey is verified already', { status: 403, code: 60383 }],
  ['the passkey exists already', { status: 409, code: 60317 }],
] as const) {
  test(`upgrade() and register() reject, and the browser keeps the passkey, if ${what}`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit({
      answer: async ({ url }) =>
        url.endsWith('/VerifyFactor')
          ? Response.json({ ...answer, message: 'No' }, { status: answer.status })
          : undefined,
    });
    await makeInSilence(page);
    const rejected = { code: 'rejected', rejection: { code: answer.code } };
    expect(await upgrade(page)).toMatchObject(rejected);
    expect(await authenticator.credentials()).toHaveLength(1);
    await authenticator.clear();
    expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject(rejected);
    expect(await authenticator.credentials()).toHaveLength(1);
  });
}

test('upgrade() rejects with "timed_out" if the browser made the passkey and the relay is slow to verify it', async ({
  page,
  visit,
}) => {
  await visit();
  await declareUpgrade(page, true);
  const ended = await page.evaluate(async () => {
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = (given) => create({ publicKey: given!.publicKey! });
    // This fetch answers the first call at once, so that only VerifyFactor is slow, even on a busy machine.
    const headers = { 'content-type': 'application/json' };
    const begun = await fetch('/passkeys/Factors', { method: 'POST', headers, body: '{}' });
    const options = await begun.json();
    const answer = async (input: RequestInfo | URL) =>
      String(input instanceof Request ? input.url : input).endsWith('/Factors')
        ? Response.json(options, { status: 201 })
        : new Promise<never>(() => {});
    return outcome(sdk.createPasskeys({ baseUrl: '/passkeys', timeout: 300, fetch: answer }).upgrade());
  });
  expect(ended).toMatchObject({ code: 'timed_out', message: expect.stringContaining('VerifyFactor') });
});
