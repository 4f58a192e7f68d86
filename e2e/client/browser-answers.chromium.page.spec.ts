/** Whatever the browser answers or throws has its own code, and the page works on. */
import type { Page } from '@playwright/test';
import { expect, expectRecovery, test } from '../test.ts';

/** Has the browser answer otherwise once, as no real one can be made to. */
const standIn = (page: Page, step: 'register' | 'authenticate', change: string) =>
  page.evaluate(
    ([name, change]) => {
      const native = navigator.credentials[name as 'get'].bind(navigator.credentials);
      navigator.credentials[name as 'get'] = async (options) => {
        navigator.credentials[name as 'get'] = native;
        if (change.endsWith('Error')) throw new DOMException('so says the stand-in', change);
        if (change === 'null') return null;
        if (change === 'no response') return { id: 'AAAA', type: 'public-key' } as never;
        if (change === 'nothing') return new Promise(() => {});
        const real = (await native(options)) as PublicKeyCredential;
        const { id, rawId, type, authenticatorAttachment } = real;
        const { response } = real as unknown as { response: AuthenticatorAssertionResponse };
        const parts: Record<string, unknown> = {};
        for (const part of [
          'clientDataJSON',
          'attestationObject',
          'authenticatorData',
          'signature',
          'userHandle',
        ]) {
          parts[part] = response[part as 'signature'];
        }
        const transports = change.startsWith('transports ') ? [change.slice(11)] : [];
        if (change !== 'no getTransports') parts.getTransports = () => transports;
        if (change === 'empty userHandle') parts.userHandle = new ArrayBuffer(0);
        if (change === 'null userHandle') parts.userHandle = null;
        if (change === 'other challenge') {
          const clientData = JSON.parse(new TextDecoder().decode(response.clientDataJSON));
          clientData.challenge = btoa(`YF${'0'.repeat(32)}`).replace(/=+$/, '');
          parts.clientDataJSON = new TextEncoder().encode(JSON.stringify(clientData)).buffer;
        }
        const attachment = change.includes('userHandle') ? authenticatorAttachment : null;
        return { id, rawId, type, authenticatorAttachment: attachment, response: parts } as never;
      };
    },
    [step === 'register' ? 'create' : 'get', change] as const,
  );

const exceptions = {
  UnknownError: 'authenticator_failed',
  OperationError: 'authenticator_failed',
  NotSupportedError: 'unsupported',
  ConstraintError: 'unsupported',
  SecurityError: 'wrong_relying_party',
  NotAllowedError: 'cancelled',
  AbortError: 'cancelled',
};

const steps = ['register', 'authenticate'] as const;

for (const [name, code] of Object.entries(exceptions)) {
  test(`register() and authenticate() reject with "${code}" when the browser throws ${name}, which stays the cause`, async ({
    page,
    visit,
  }) => {
    await visit();
    for (const step of steps) {
      await standIn(page, step, name);
      const ended = await page.evaluate((step) => outcome(passkeys[step]()), step);
      expect(ended, step).toMatchObject({ code, cause: `${name}: so says the stand-in` });
    }
    await expectRecovery(page);
  });
}

for (const step of steps) {
  const code = step === 'register' ? 'already_registered' : 'authenticator_failed';
  test(`${step}() rejects with "${code}" when the browser throws InvalidStateError`, async ({
    page,
    visit,
  }) => {
    await visit();
    await standIn(page, step, 'InvalidStateError');
    expect(await page.evaluate((step) => outcome(passkeys[step]()), step)).toMatchObject({ code });
    await expectRecovery(page);
  });

  test(`${step}() rejects with "authenticator_failed" when an extension answers half a credential`, async ({
    page,
    visit,
  }) => {
    await visit();
    await standIn(page, step, 'no response');
    const ended = await page.evaluate((step) => outcome(passkeys[step]()), step);
    expect(ended).toMatchObject({
      code: 'authenticator_failed',
      cause: expect.stringContaining('TypeError'),
    });
    await expectRecovery(page);
  });

  test(`${step}() rejects with "no_credential" when the browser answers null`, async ({ page, visit }) => {
    await visit();
    await standIn(page, step, 'null');
    const ended = await page.evaluate((step) => outcome(passkeys[step]()), step);
    expect(ended).toMatchObject({ code: 'no_credential' });
    await expectRecovery(page);
  });

  test(`${step}() rejects with "timed_out" when the browser lets the options' time pass without a word`, async ({
    page,
    visit,
  }) => {
    const { shortenOptions } = await visit();
    shortenOptions(100);
    await standIn(page, step, 'nothing');
    const ended = await page.evaluate((step) => outcome(passkeys[step]()), step);
    expect(ended).toMatchObject({ code: 'timed_out', message: expect.stringContaining('100 ms') });
    shortenOptions();
    await expectRecovery(page);
  });

  test(`${step}() rejects a spoiled credential with "invalid_credential" and issues, and nothing goes out`, async ({
    page,
    visit,
    authenticator,
  }) => {
    const { upstream } = await visit();
    if (step === 'authenticate') await page.evaluate(() => passkeys.register());
    await standIn(page, step, 'other challenge');
    const ended = await page.evaluate((step) => outcome(passkeys[step]()), step);
    expect(ended).toMatchObject({
      code: 'invalid_credential',
      issues: [{ path: 'response.clientDataJSON', code: expect.any(Number), fix: expect.any(String) }],
    });
    const finish = step === 'register' ? 'VerifyFactor' : 'ApproveChallenge';
    expect(upstream.some(({ path }) => path.endsWith(finish))).toBe(false);
    await authenticator.clear();
    await page.evaluate(() => passkeys.register());
    await expectRecovery(page);
  });
}

for (const [change, expected] of [
  ['transports internal', 'platform'],
  ['transports usb', 'cross-platform'],
  ['transports hybrid', 'cross-platform'],
  ['no transports', 'platform'],
  ['no getTransports', 'platform'],
] as const) {
  test(`register() sends the attachment "${expected}" when the browser says none and ${change}`, async ({
    page,
    visit,
  }) => {
    const { upstream } = await visit();
    await standIn(page, 'register', change);
    const ended = await page.evaluate(() => outcome(passkeys.register()));
    expect(ended).toMatchObject({ value: { status: 'verified' } });
    const body = JSON.parse(upstream.at(-1)!.body);
    expect(body.authenticatorAttachment).toBe(expected);
    const named = change.startsWith('transports ') ? [change.slice(11)] : undefined;
    expect(body.response.transports).toEqual(named);
  });
}

for (const change of ['empty userHandle', 'null userHandle']) {
  test(`authenticate() leaves an ${change} out of what it sends`, async ({ page, visit }) => {
    await visit();
    await page.evaluate(() => passkeys.register());
    await standIn(page, 'authenticate', change);
    const sent = page.waitForRequest(/ApproveChallenge$/);
    expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
      value: { status: 'approved' },
    });
    const { response } = (await sent).postDataJSON();
    expect(Object.keys(response).sort()).toEqual(['authenticatorData', 'clientDataJSON', 'signature']);
  });
}
