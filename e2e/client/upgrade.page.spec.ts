/** upgrade() makes a passkey without a prompt, or resolves to null. */
import type { Page } from '@playwright/test';
import { spy } from '../spy.ts';
import { expect, test } from '../test.ts';
import type { World } from '../world.ts';

const upgrade = (page: Page) => page.evaluate(() => outcome(passkeys.upgrade()));

/** Sets whether the browser says that it makes passkeys without a prompt. */
const declare = (page: Page, conditionalCreate: boolean) =>
  page.evaluate((conditionalCreate) => {
    Object.assign(PublicKeyCredential, { getClientCapabilities: async () => ({ conditionalCreate }) });
  }, conditionalCreate);

test('upgrade() asks Chromium for a silent passkey until its signal ends the wait; Firefox, which makes none, resolves to null', async ({
  page,
  visit,
  browserName,
}) => {
  const { upstream } = await visit();
  if (browserName === 'firefox') {
    expect(await upgrade(page)).toEqual({ value: null });
    expect(upstream).toEqual([]);
    return;
  }
  const watch = await spy(page);
  const waiting = await page.evaluateHandle(() => {
    const controller = new AbortController();
    return { controller, outcome: outcome(passkeys.upgrade({ signal: controller.signal })) };
  });
  await expect.poll(watch).toEqual(['Factors', 'create conditional']);
  const ended = await waiting.evaluate(({ controller, outcome }) => {
    controller.abort();
    return outcome;
  });
  expect(ended).toMatchObject({ code: 'aborted' });
});

test('upgrade() resolves to null, and makes no Factor, where the browser lacks conditional create', async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  await declare(page, false);
  expect(await upgrade(page)).toEqual({ value: null });
  expect(upstream).toEqual([]);
});

for (const name of ['NotAllowedError', 'InvalidStateError', 'ConstraintError']) {
  test(`upgrade() resolves to null where the browser declines with ${name}`, async ({ page, visit }) => {
    const { upstream } = await visit();
    await declare(page, true);
    await page.evaluate((name) => {
      navigator.credentials.create = async () => {
        throw new DOMException('declined', name);
      };
    }, name);
    expect(await upgrade(page)).toEqual({ value: null });
    expect(upstream).toHaveLength(1);
  });
}

/**
 * Makes the browser create a passkey without a prompt. Headless Chromium never answers a conditional create, so the
 * plain ceremony makes the passkey, and then the flags that a silent one lacks are cleared in its bytes. No signature
 * covers them, since the attestation is "none".
 */
async function makeInSilence(page: Page): Promise<void> {
  await declare(page, true);
  await page.evaluate(() => {
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = async (options) => {
      const { publicKey, mediation } = options as CredentialCreationOptions & { mediation?: string };
      const { userVerification } = publicKey!.authenticatorSelection!;
      // Browsers refuse a conditional create that requires user verification.
      if (userVerification === 'required')
        throw new DOMException('a silent passkey verifies no user', 'ConstraintError');
      const made = (await create({ publicKey: publicKey! })) as PublicKeyCredential;
      if (mediation !== 'conditional') return made;
      const response = made.response as AuthenticatorAttestationResponse;
      const bytes = new Uint8Array(response.attestationObject.slice(0));
      // authData is the last member: its name, the head of a byte string, a hash of 32 bytes, and then the flags.
      const text = new TextEncoder().encode('authData');
      const at = bytes.findIndex((_, i) => text.every((byte, j) => bytes[i + j] === byte)) + text.length;
      const flags = at + (bytes[at] === 0x58 ? 2 : 3) + 32;
      // User present (1) and user verified (4).
      bytes[flags]! &= ~5;
      const { clientDataJSON } = response;
      return {
        id: made.id,
        rawId: made.rawId,
        type: made.type,
        authenticatorAttachment: made.authenticatorAttachment,
        getClientExtensionResults: () => ({}),
        response: {
          clientDataJSON,
          attestationObject: bytes.buffer,
          getTransports: () => response.getTransports(),
        },
      } as never;
    };
  });
}

/** The flags of the passkey that was sent to Verify. https://www.w3.org/TR/webauthn-3/#authdata-flags */
function flagsSent({ upstream }: World): number {
  const { body } = upstream.find(({ path }) => path.endsWith('/VerifyFactor'))!;
  const bytes = Buffer.from(JSON.parse(body).response.attestationObject, 'base64url');
  const at = bytes.indexOf('authData') + 8;
  return bytes[at + (bytes[at] === 0x58 ? 2 : 3) + 32]!;
}

test('upgrade() resolves to a verified Factor where the browser makes the passkey without asking its user', async ({
  page,
  visit,
}) => {
  const world = await visit();
  await makeInSilence(page);
  expect(await upgrade(page)).toMatchObject({ value: { status: 'verified' } });
  expect(flagsSent(world) & 0b101).toBe(0);
});

test('upgrade() asks for user verification as "preferred" where the Service says "required", which browsers refuse', async ({
  page,
  visit,
}) => {
  await visit({ emulator: { userVerification: 'required' } });
  await declare(page, true);
  const asked = await page.evaluate(async () => {
    let asked: unknown;
    navigator.credentials.create = async (options) => {
      asked = options!.publicKey!.authenticatorSelection!.userVerification;
      throw new DOMException('declined', 'NotAllowedError');
    };
    await passkeys.upgrade();
    return asked;
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

test('register() refuses a passkey without the user-present flag, sends nothing, and makes a browser with the Signal API drop it', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  const { upstream } = await visit();
  await makeInSilence(page);
  const ended = await page.evaluate(() => {
    const { create } = navigator.credentials;
    navigator.credentials.create = (options) => create({ ...options, mediation: 'conditional' } as never);
    return outcome(passkeys.register());
  });
  expect(ended).toMatchObject({ code: 'invalid_credential' });
  expect(upstream).toHaveLength(1);
  const kept = async () => (await authenticator.credentials()).length;
  await expect.poll(kept).toBe(browserName === 'chromium' ? 0 : 1);
});

test('upgrade() resolves to null where Verify refuses silent passkeys, and a browser with the Signal API drops this one', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  const { upstream } = await visit({ emulator: { silentRegistration: 'refused' } });
  await makeInSilence(page);
  expect(await upgrade(page)).toEqual({ value: null });
  expect(upstream.at(-1)!.path).toMatch(/VerifyFactor$/);
  const kept = async () => (await authenticator.credentials()).length;
  await expect.poll(kept).toBe(browserName === 'chromium' ? 0 : 1);
});

for (const [what, answer] of [
  ['Verify fails', { status: 500, code: 20500 }],
  ['the relay cannot reach Verify', { status: 502, code: 'verify_unreachable' }],
  ['a gateway waited too long', { status: 408, code: 'too_late' }],
  ['the passkey is verified already', { status: 403, code: 60383 }],
] as const) {
  test(`upgrade() and register() reject, and the browser keeps the passkey, where ${what}`, async ({
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

test('register() that Verify refuses makes a browser with the Signal API drop the passkey', async ({
  page,
  visit,
  authenticator,
  browserName,
}) => {
  await visit({
    verify: async ({ url }) =>
      url.endsWith('/VerifyFactor')
        ? Response.json({ code: 60311, message: 'Factor verification failed', status: 403 }, { status: 403 })
        : undefined,
  });
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    code: 'rejected',
    rejection: { code: 60311 },
  });
  const kept = async () => (await authenticator.credentials()).length;
  await expect.poll(kept).toBe(browserName === 'chromium' ? 0 : 1);
});

test('upgrade() rejects with "timed_out" where the browser made the passkey and the relay is slow to verify it', async ({
  page,
  visit,
}) => {
  await visit();
  await declare(page, true);
  const ended = await page.evaluate(async () => {
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = (options) => create({ publicKey: options!.publicKey! });
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
