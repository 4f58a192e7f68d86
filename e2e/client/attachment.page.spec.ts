/** Page and app hear where a passkey is, as the browser said it and never as the page guessed it. */
import type { Page } from '@playwright/test';
import type { Approval, VerifiedFactor } from 'verify-passkeys/relay';
import { expect, test } from '../test.ts';

/** A relay whose app keeps what it hears. */
function listen() {
  const factors: VerifiedFactor[] = [];
  const approvals: Approval[] = [];
  const relay = {
    onVerified: (factor: VerifiedFactor) => void factors.push(factor),
    onApproved: (approval: Approval) => void approvals.push(approval),
  };
  return { factors, approvals, relay };
}

/** Lets the browser say something else about each of its answers, and returns what it said by itself. */
const overhear = (page: Page, change?: string) =>
  page.evaluate((instead) => {
    const said: unknown[] = [];
    Object.assign(globalThis, { said });
    for (const name of ['create', 'get'] as const) {
      const native = navigator.credentials[name].bind(navigator.credentials);
      navigator.credentials[name] = async (options: never) => {
        const answer = (await native(options)) as PublicKeyCredential;
        said.push(answer.authenticatorAttachment);
        const get = () => {
          if (instead === 'throws') throw new TypeError('Illegal invocation');
          return instead === 'undefined' ? undefined : JSON.parse(instead!);
        };
        return instead ? Object.defineProperty(answer, 'authenticatorAttachment', { get }) : answer;
      };
    }
  }, change);

for (const transport of ['internal', 'usb', 'hybrid'] as const) {
  test.describe(`with an authenticator of the kind ${transport}`, () => {
    test.use({ authenticatorOptions: { transport } });

    test('page and app hear the attachment and the transports that the browser said, in every way to sign in', async ({
      page,
      visit,
      browserName,
    }) => {
      const { factors, approvals, relay } = listen();
      await visit({ relay });
      await overhear(page);
      await page.evaluate(() => passkeys.register());
      // Only Chromium's built-in authenticator picks a passkey in a field by itself.
      const picks = browserName === 'chromium' && transport === 'internal';
      const heard = await page.evaluate(
        async (isPicked) => [
          await passkeys.authenticate(),
          await (await passkeys.prepareAuthenticate()).run(),
          ...(isPicked ? [await passkeys.autofill()] : []),
        ],
        picks,
      );
      const [made, ...signed] = await page.evaluate(
        () => (globalThis as unknown as { said: (string | null)[] }).said,
      );
      expect(signed).toHaveLength(picks ? 3 : 2);
      const attachmentsOf = (all: object[]) =>
        all.map((each) => (each as Partial<Approval>).authenticatorAttachment ?? null);
      expect(attachmentsOf(heard)).toEqual(signed);
      expect(attachmentsOf(approvals)).toEqual(signed);
      expect(attachmentsOf(factors)).toEqual([made]);
      if (browserName !== 'chromium') return;
      expect(made).toBe(transport === 'internal' ? 'platform' : 'cross-platform');
      expect(factors).toMatchObject([{ transports: expect.arrayContaining([transport]) }]);
    });
  });
}

test('if the browser does not say where a passkey is, neither page nor app hears a guess', async ({
  page,
  visit,
  authenticator,
}) => {
  for (const change of ['null', 'undefined', 'throws', '"any"', '""', '["platform"]']) {
    const { factors, approvals, relay } = listen();
    const addresses: string[] = [];
    const { upstream } = await visit({
      relay,
      answer: async (request) => {
        addresses.push(new URL(request.url).pathname + new URL(request.url).search);
        return undefined;
      },
    });
    await authenticator.clear();
    await overhear(page, change);
    await page.evaluate(() => passkeys.register());
    const heard = await page.evaluate(() => passkeys.authenticate());
    expect(heard.authenticatorAttachment, change).toBeUndefined();
    expect(factors, change).toMatchObject([{ authenticatorAttachment: undefined }]);
    expect(approvals, change).toMatchObject([{ authenticatorAttachment: undefined }]);
    // Verify demands one all the same.
    const finished = upstream.filter(({ path }) => /\/(VerifyFactor|ApproveChallenge)$/.test(path));
    const sent = finished.map(({ body }) => JSON.parse(body).authenticatorAttachment);
    expect(sent, change).toEqual([expect.stringMatching(/platform$/), expect.stringMatching(/platform$/)]);
    expect(addresses, change).toEqual([
      '/passkeys/Factors',
      '/passkeys/VerifyFactor?attachment=completed',
      '/passkeys/Challenges',
      '/passkeys/ApproveChallenge?attachment=completed',
    ]);
  }
});

test('createCredential() and getCredential() say beside the credential what the browser said, and send none of it', async ({
  page,
  visit,
  authenticator,
}) => {
  for (const change of [undefined, 'null']) {
    await visit();
    await authenticator.clear();
    await overhear(page, change);
    const made = await page.evaluate(async () => {
      const post = async (route: string, body: object) => {
        const headers = { 'content-type': 'application/json' };
        const init = { method: 'POST', headers, body: JSON.stringify(body) };
        return (await fetch(`/passkeys/${route}`, init)).json();
      };
      const registration = await sdk.createCredential(await post('Factors', {}));
      await post('VerifyFactor', registration);
      const { options } = await post('Challenges', {});
      const allowed = (id: string, transport: string) => ({
        type: 'public-key',
        id,
        transports: [transport],
      });
      options.publicKey.allowCredentials = [allowed('AAAA', 'internal'), allowed(registration.id, 'usb')];
      // The browser looks for the passkey wherever it is.
      const { get } = navigator.credentials;
      navigator.credentials.get = (asked) =>
        get({ publicKey: { ...asked!.publicKey!, allowCredentials: [] } });
      const authentication = await sdk.getCredential(options);
      return [registration, authentication].map((each) => ({
        heard: each.saidAttachment ?? null,
        said: (globalThis as unknown as { said: (string | null)[] }).said.shift(),
        sent: JSON.parse(JSON.stringify(each)),
      }));
    });
    for (const { heard, said, sent } of made) {
      expect(heard).toBe(change ? null : said);
      expect(Object.keys(sent)).toEqual(['id', 'rawId', 'authenticatorAttachment', 'type', 'response']);
    }
    // If the browser says none, it comes from the transports that the options list for this passkey.
    expect(made[1]!.sent.authenticatorAttachment).toBe(change ? 'cross-platform' : made[1]!.said);
  }
});
