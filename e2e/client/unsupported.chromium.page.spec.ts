/** The ceremonies in a browser without WebAuthn. */
import { expect, expectRecovery, test } from '../test.ts';

for (const step of ['register', 'authenticate'] as const) {
  test(`${step}() rejects with "unsupported" in a browser without WebAuthn, and sends nothing`, async ({
    page,
    visit,
  }) => {
    const { upstream } = await visit();
    const ended = await page.evaluate((method) => {
      const { PublicKeyCredential } = globalThis;
      Reflect.deleteProperty(globalThis, 'PublicKeyCredential');
      return outcome(passkeys[method]()).finally(() => Object.assign(globalThis, { PublicKeyCredential }));
    }, step);
    expect(ended).toMatchObject({ code: 'unsupported' });
    expect(upstream).toEqual([]);
    await expectRecovery(page);
  });

  test(`${step}() rejects with "unsupported" if navigator.credentials is missing, and sends nothing`, async ({
    page,
    visit,
  }) => {
    const { upstream } = await visit();
    const ended = await page.evaluate((method) => {
      Object.defineProperty(navigator, 'credentials', { value: undefined, configurable: true });
      return outcome(passkeys[method]()).finally(() => Reflect.deleteProperty(navigator, 'credentials'));
    }, step);
    expect(ended).toMatchObject({ code: 'unsupported' });
    expect(upstream).toEqual([]);
    await expectRecovery(page);
  });
}
