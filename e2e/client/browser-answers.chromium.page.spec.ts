/** Each answer and exception of the browser has an error code, and the page still works afterwards. */
import type { Page } from '@playwright/test';
import { expect, expectRecovery, test } from '../test.ts';

/** Makes the browser give one answer that a real browser cannot be made to give. */
const standIn = (page: Page, step: 'register' | 'authenticate', change: string) =>
  page.evaluate(
    ([name, kind]) => {
      const native = navigator.credentials[name as 'get'].bind(navigator.credentials);
      navigator.credentials[name as 'get'] = async (options) => {
        navigator.credentials[name as 'get'] = native;
        if (kind.endsWith('Error')) throw new DOMException('thrown by the test', kind);
        if (kind === 'null') return null;
        if (kind === 'no response') return { id: 'AAAA', type: 'public-key' } as never;
        if (kind === 'nothing') return new Promise(() => {});
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
        // Browsers may name transports that Verify does not know.
        const transports = kind.startsWith('transports ') ? [kind.slice(11), 'cable'] : [];
        if (kind !== 'no getTransports') parts.getTransports = () => transports;
        if (kind === 'empty userHandle') parts.userHandle = new ArrayBuffer(0);
        if (kind === 'null userHandle') parts.userHandle = null;
        if (kind === 'other challenge') {
          const clientData = JSON.parse(new TextDecoder().decode(response.clientDataJSON));
          clientData.challenge = btoa(`YF${'0'.repeat(32)}`).replace(/=+$/, '');
          parts.clientDataJSON = new TextEncoder().encode(JSON.stringify(clientData)).buffer;
        }
        const attachment = kind.includes('userHandle') ? authenticatorAttachment : null;
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
  test(`register() and authenticate() reject with "${code}" when the browser throws ${name}, and keep it as the cause`, async ({
    page,
    visit,
  }) => {
    await visit();
    for (const step of steps) {
      await standIn(page, step, name);
      const ended = await page.evaluate((method) => outcome(passkeys[method]()), step);
      expect(ended, step).toMatchObject({ code, cause: `${name}: thrown by the test` });
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
    expect(await page.evaluate((method) => outcome(passkeys[method]()), step)).toMatchObject({ code });
    await expectRecovery(page);
  });

  test(`${step}() rejects with "authenticator_failed" when an extension answers half a credential`, async ({
    page,
    visit,
  }) => {
    await visit();
    await standIn(page, step, 'no response');
    const ended = await page.evaluate((method) => outcome(passkeys[method]()), step);
    expect(ended).toMatchObject({
      code: 'authenticator_failed',
      cause: expect.stringContaining('TypeError'),
    });
    await expectRecovery(page);
  });

  test(`${step}() rejects with "no_credential" when the browser answers null`, async ({ page, visit }) => {
    await visit();
    await standIn(page, step, 'null');
    const ended = await page.evaluate((method) => outcome(passkeys[method]()), step);
    expect(ended).toMatchObject({ code: 'no_credential' });
    await expectRecovery(page);
  });

  test(`${step}() rejects with "timed_out" when the browser never answers within the options' timeout`, async ({
    page,
    visit,
  }) => {
    const { shortenOptions } = await visit();
    shortenOptions(100);
    await standIn(page, step, 'nothing');
    const ended = await page.evaluate((method) => outcome(passkeys[method]()), step);
    expect(ended).toMatchObject({ code: 'timed_out', message: expect.stringContaining('100 ms') });
    shortenOptions();
    await expectRecovery(page);
  });

  test(`${step}() rejects a damaged credential with "invalid_credential" and issues, and sends nothing`, async ({
    page,
    visit,
    authenticator,
  }) => {
    const { upstream } = await visit();
    if (step === 'authenticate') await page.evaluate(() => passkeys.register());
    await standIn(page, step, 'other challenge');
    const ended = await page.evaluate((method) => outcome(passkeys[method]()), step);
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
  test(`register() sends the attachment "${expected}" when the browser gives none and ${change}`, async ({
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
  test(`authenticate() leaves the ${change} out of the body that it sends`, async ({ page, visit }) => {
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

test('register() names the required criteria if no authenticator can meet them', async ({ page, visit }) => {
  await visit({ emulator: { userVerification: 'required' } });
  await standIn(page, 'register', 'ConstraintError');
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('userVerification required'),
  });
});

/** The forms that password managers give their answers instead of the browser's own object. */
const oddities = [
  'a prototype that throws',
  'no rawId',
  'no id',
  'a padded id',
  'an id in plain base64',
  'an id of bytes',
  'views into longer buffers',
  'lists of numbers',
  'buffers of another realm',
  'base64url text in each member',
  'a proxy',
] as const;

for (const oddity of oddities) {
  test(`register() and authenticate() accept an unusual answer: ${oddity}`, async ({ page, visit }) => {
    await visit();
    await page.evaluate((kind) => {
      const realm = document.body.appendChild(document.createElement('iframe')).contentWindow as Window &
        typeof globalThis;
      const text = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
      const url = (bytes: ArrayBuffer) =>
        text(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      const bend = (bytes: ArrayBuffer | null): unknown => {
        if (!bytes) return bytes;
        if (kind === 'base64url text in each member') return url(bytes);
        if (kind === 'lists of numbers') return [...new Uint8Array(bytes)];
        if (kind === 'buffers of another realm') {
          const other = new realm.Uint8Array(bytes.byteLength);
          other.set(new Uint8Array(bytes));
          return other.buffer;
        }
        if (kind !== 'views into longer buffers') return bytes;
        const longer = new Uint8Array(bytes.byteLength + 20);
        longer.set(new Uint8Array(bytes), 10);
        return new DataView(longer.buffer, 10, bytes.byteLength);
      };
      for (const name of ['create', 'get'] as const) {
        const native = navigator.credentials[name].bind(navigator.credentials);
        navigator.credentials[name] = async (options: never) => {
          const real = (await native(options)) as PublicKeyCredential;
          const { id, rawId, type } = real;
          if (kind === 'a proxy') {
            return new Proxy(real, {
              get(target, key) {
                const value: unknown = Reflect.get(target, key);
                return typeof value === 'function' ? value.bind(target) : value;
              },
            });
          }
          const parts = real.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
          const proto = kind === 'a prototype that throws';
          const response = Object.create(proto ? Object.getPrototypeOf(parts) : Object.prototype);
          const members = [
            'clientDataJSON',
            'attestationObject',
            'authenticatorData',
            'signature',
            'userHandle',
          ];
          for (const member of members) {
            const value = bend(parts[member as 'signature']);
            if (value) Object.defineProperty(response, member, { value });
          }
          const odd = Object.create(proto ? PublicKeyCredential.prototype : Object.prototype);
          const ids: Record<string, unknown> = {
            'no id': undefined,
            'a padded id': `${id}=`,
            'an id in plain base64': text(rawId),
            'an id of bytes': rawId,
          };
          const given = {
            id: kind in ids ? ids[kind] : id,
            rawId: kind === 'no rawId' ? null : bend(rawId),
            type,
            response,
          };
          for (const [member, value] of Object.entries(given)) Object.defineProperty(odd, member, { value });
          return odd;
        };
      }
    }, oddity);
    await expectRecovery(page);
  });
}

for (const [what, code] of [
  ['throw undefined', 'authenticator_failed'],
  ["throw 'a text'", 'authenticator_failed'],
  ['throw { get name() { throw 1; } }', 'authenticator_failed'],
  ["throw Object.assign(new Error('no'), { name: 'constructor' })", 'authenticator_failed'],
  ['return 0', 'no_credential'],
  ["return 'a text'", 'authenticator_failed'],
  ['return []', 'authenticator_failed'],
  ['return { response: {} }', 'invalid_credential'],
  [
    'return { id: 7, rawId: -1, type: [], response: { clientDataJSON: 5, attestationObject: {}, signature: () => {} } }',
    'invalid_credential',
  ],
  ['return new Proxy({}, { get() { throw new Error(String(1)); } })', 'authenticator_failed'],
] as const) {
  test(`register() and authenticate() reject with "${code}" if an extension answers: ${what}`, async ({
    page,
    visit,
  }) => {
    await visit();
    for (const [step, name] of [
      ['register', 'create'],
      ['authenticate', 'get'],
    ] as const) {
      const ended = await page.evaluate(
        ([method, call, body]) => {
          navigator.credentials[call] = new Function(body) as never;
          return outcome(passkeys[method]());
        },
        [step, name, what] as const,
      );
      expect(ended, step).toMatchObject({ code });
    }
  });
}

test('authenticate() sends a credential that an app signed for its own origin, since only the server knows which apps it accepts', async ({
  page,
  visit,
}) => {
  const { origin } = await visit();
  await page.evaluate(() => passkeys.register());
  const sent = page.waitForRequest(/ApproveChallenge$/);
  await page.evaluate(() => {
    const native = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = async (options) => {
      const real = (await native(options)) as PublicKeyCredential;
      const { id, rawId, type, authenticatorAttachment } = real;
      const { clientDataJSON, authenticatorData, signature, userHandle } =
        real.response as AuthenticatorAssertionResponse;
      const data = JSON.parse(new TextDecoder().decode(clientDataJSON));
      data.origin = 'android:apk-key-hash:2jmj7l5rSw0yVb_vlWAYkK_YBwk';
      const signed = new TextEncoder().encode(JSON.stringify(data)).buffer;
      const response = { clientDataJSON: signed, authenticatorData, signature, userHandle };
      return { id, rawId, type, authenticatorAttachment, response } as never;
    };
  });
  const ended = await page.evaluate(() => outcome(passkeys.authenticate()));
  expect(ended.code).toBe('rejected');
  const { clientDataJSON } = (await sent).postDataJSON().response;
  expect(Buffer.from(clientDataJSON, 'base64url').toString()).not.toContain(origin);
});
