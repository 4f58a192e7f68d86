/** An insecure page, a browser without WebAuthn and a second copy of the package are told apart. */
import { expect, expectRecovery, test } from '../test.ts';

const steps = ['register', 'authenticate'] as const;

for (const step of steps) {
  test(`${step}() rejects with "insecure_context" on a page of plain http, and asks nobody`, async ({
    page,
    visit,
  }) => {
    const { origin, upstream } = await visit();
    // The browser is told that this name, which is not localhost, lives here too.
    await page.route('http://insecure.example/**', async (route) => {
      const { pathname } = new URL(route.request().url());
      await route.fulfill({ response: await route.fetch({ url: origin + pathname }) });
    });
    await page.goto('http://insecure.example/');
    const ended = await page.evaluate((step) => outcome(passkeys[step]()), step);
    expect(ended).toMatchObject({ code: 'insecure_context' });
    expect(upstream).toEqual([]);
    await page.goto(origin);
    await expectRecovery(page);
  });

  test(`${step}() rejects with "unsupported" in a browser without WebAuthn, and asks nobody`, async ({
    page,
    visit,
  }) => {
    const { upstream } = await visit();
    const ended = await page.evaluate((step) => {
      const { PublicKeyCredential } = globalThis;
      Reflect.deleteProperty(globalThis, 'PublicKeyCredential');
      return outcome(passkeys[step]()).finally(() => Object.assign(globalThis, { PublicKeyCredential }));
    }, step);
    expect(ended).toMatchObject({ code: 'unsupported' });
    expect(upstream).toEqual([]);
    await expectRecovery(page);
  });
}

test('two copies of the package share the turn of a page, and say so', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await authenticator.hold();
  const first = await page.evaluate(async () => {
    const other: typeof sdk = await import(`${location.origin}/verify-passkeys.min.js?copy`);
    const first = outcome(passkeys.register());
    const controller = new AbortController();
    const second = outcome(
      other.createPasskeys({ baseUrl: '/passkeys' }).register({ signal: controller.signal }),
    );
    const told = await first;
    controller.abort();
    await second;
    return told;
  });
  expect(first).toMatchObject({ code: 'aborted', message: 'Another ceremony of this page took over.' });
  await authenticator.confirm();
  await expectRecovery(page);
});

test('isPasskeyError() knows the errors of another copy of the package, and nothing else', async ({
  page,
  visit,
}) => {
  await visit();
  const known = await page.evaluate(async () => {
    const other: typeof sdk = await import(`${location.origin}/verify-passkeys.min.js?copy`);
    const error = await other
      .createPasskeys({ baseUrl: '/passkeys' })
      .authenticate({ signal: AbortSignal.abort() })
      .catch((error: unknown) => error);
    const forged = Object.assign(new Error(), { name: 'PasskeyError', code: 'aborted' });
    return {
      twoCopies: other.PasskeyError !== sdk.PasskeyError,
      instance: error instanceof sdk.PasskeyError,
      brand: sdk.isPasskeyError(error),
      others: [forged, new DOMException('no', 'AbortError'), null, 'aborted'].map(sdk.isPasskeyError),
    };
  });
  expect(known).toEqual({
    twoCopies: true,
    instance: false,
    brand: true,
    others: [false, false, false, false],
  });
});
