/** Hints, attachment and extensions reach the browser, and the extensions' results never leave the page. */
import type { Page } from '@playwright/test';
import { expect, isolated, test } from '../test.ts';

/** The `publicKey` options that the page gave to the browser. */
const askedWith = (page: Page, run: () => Promise<unknown>) =>
  page.evaluate(async (method) => {
    const asked: Record<string, unknown>[] = [];
    for (const name of ['create', 'get'] as const) {
      navigator.credentials[name] = async (
        options?: CredentialCreationOptions & CredentialRequestOptions,
      ) => {
        asked.push({ ...options!.publicKey });
        throw new DOMException('seen', 'NotAllowedError');
      };
    }
    await new Function(`return (${method})()`)().catch(() => {});
    const show = (value: unknown) =>
      value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? `bytes ${new Uint8Array(value as ArrayBuffer)}`
        : value;
    const all = asked.map(({ hints, authenticatorSelection, extensions }) => ({
      hints,
      extensions,
      selection: authenticatorSelection,
    }));
    return JSON.parse(JSON.stringify(all, (_, value) => show(value))) as typeof all;
  }, String(run));

test('register() gives its hints, attachment and extensions to the browser, and keeps what else the Service selects', async ({
  page,
  visit,
}) => {
  await visit();
  const asked = await askedWith(page, () =>
    passkeys.register({
      hints: ['security-key', 'hybrid'],
      authenticatorAttachment: 'cross-platform',
      extensions: { credProps: true },
    }),
  );
  const selected = { residentKey: 'required', requireResidentKey: true, userVerification: 'preferred' };
  expect(asked).toEqual([
    {
      hints: ['security-key', 'hybrid'],
      selection: { ...selected, authenticatorAttachment: 'cross-platform' },
      extensions: { credProps: true },
    },
  ]);
  await visit({ emulator: { authenticatorAttachment: 'platform' } });
  expect(await askedWith(page, () => passkeys.register())).toMatchObject([
    { selection: { ...selected, authenticatorAttachment: 'platform' } },
  ]);
});

test('authenticate() and a prepared sign-in give their hints and extensions to the browser', async ({
  page,
  visit,
}) => {
  await visit();
  const expected = [{ hints: ['client-device'], extensions: { appid: 'https://example.com' } }];
  const asked = await askedWith(page, () =>
    passkeys.authenticate({ hints: ['client-device'], extensions: { appid: 'https://example.com' } }),
  );
  expect(asked).toMatchObject(expected);
  const prepared = await askedWith(page, async () => {
    const input = { hints: ['client-device' as const], extensions: { appid: 'https://example.com' } };
    return (await passkeys.prepareAuthenticate(input)).run();
  });
  expect(prepared).toMatchObject(expected);
});

test('createCredential() and getCredential() give the hints and extensions of the options to the browser, with their bytes decoded', async ({
  page,
  visit,
}) => {
  await visit();
  const asked = await askedWith(page, async () => {
    const salt = { first: 'c2FsdA', second: new Uint8Array([1, 2]) };
    const publicKey = {
      challenge: 'AAAA',
      hints: ['hybrid'],
      extensions: {
        prf: { evalByCredential: { AAAA: salt } },
        largeBlob: { write: 'c2FsdA' },
        credProps: true,
      },
    };
    await sdk.getCredential({ publicKey }).catch(() => {});
    await sdk.createCredential({
      publicKey: {
        ...publicKey,
        rp: { name: 'Test' },
        user: { id: 'AAAA', name: 'ada', displayName: 'Ada' },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { authenticatorAttachment: 'platform' },
      },
    });
  });
  const salt = 'bytes 115,97,108,116';
  const extensions = {
    prf: { evalByCredential: { AAAA: { first: salt, second: 'bytes 1,2' } } },
    largeBlob: { write: salt },
    credProps: true,
  };
  expect(asked).toEqual([
    { hints: ['hybrid'], extensions },
    { hints: ['hybrid'], extensions, selection: { authenticatorAttachment: 'platform' } },
  ]);
});

test('getCredential() rejects with "invalid_options" if the bytes of an extension are not base64url', async ({
  page,
  visit,
}) => {
  await visit();
  const ended = await page.evaluate(() =>
    outcome(
      sdk.getCredential({ challenge: 'AAAA', extensions: { prf: { eval: { first: 'not base64url!' } } } }),
    ),
  );
  expect(ended).toMatchObject({ code: 'invalid_options' });
});

test('a Factor and a Challenge have no clientExtensionResults if the page asked for no extensions', async ({
  page,
  visit,
}) => {
  await visit();
  const names = await page.evaluate(async () =>
    [await passkeys.register(), await passkeys.authenticate()].flatMap((made) => Object.keys(made)),
  );
  expect(names).not.toContain('clientExtensionResults');
});

isolated(
  'a secret of the PRF extension comes back with the Factor and the Challenge, and no byte of it is sent',
  async ({ page, visit, authenticator, browserName }) => {
    isolated.skip(browserName !== 'chromium', 'Chromium alone has a virtual authenticator with PRF');
    await authenticator.unplug();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable', { enableUI: false });
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        hasPrf: true,
      },
    });
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.postData() ?? ''));
    const { upstream } = await visit();
    const { enabled, secrets, bare } = await page.evaluate(async () => {
      const salted = (salt: string) => ({ prf: { eval: { first: new TextEncoder().encode(salt) } } });
      const secretOf = (made: { clientExtensionResults?: AuthenticationExtensionsClientOutputs }) =>
        Array.from(new Uint8Array(made.clientExtensionResults!.prf!.results!.first as ArrayBuffer));
      const factor = await passkeys.register({ extensions: salted('a') });
      const begun = await fetch('/passkeys/Challenges', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      const { options } = await begun.json();
      options.publicKey.extensions = { prf: { eval: { first: 'YQ' } } };
      const signed = await sdk.getCredential({ options });
      return {
        enabled: factor.clientExtensionResults?.prf?.enabled,
        secrets: [
          secretOf(await passkeys.authenticate({ extensions: salted('a') })),
          secretOf(await passkeys.authenticate({ extensions: salted('b') })),
          secretOf(signed),
        ],
        bare: [JSON.stringify(signed), JSON.stringify({ ...signed }), ...Object.keys(signed)],
      };
    });
    const [a, b, again] = secrets;
    expect(enabled).toBe(true);
    expect(a).toHaveLength(32);
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
    expect(bare.join()).not.toContain('clientExtensionResults');
    const all = [...sent, ...upstream.map(({ body }) => body)].join('\n');
    expect(all).toContain('authenticatorData');
    expect(all).not.toContain('clientExtensionResults');
    for (const secret of [a, b]) {
      for (const form of ['base64url', 'base64', 'hex'] as const) {
        expect(all).not.toContain(Buffer.from(secret!).toString(form));
      }
    }
  },
);
