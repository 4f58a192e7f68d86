/** capabilities() reads the browser's own list or its older probes, and is false if it has neither. */
import { expect, test } from '../test.ts';

const none = {
  passkeys: false,
  platform: false,
  autofill: false,
  upgrade: false,
  hybrid: false,
  signals: false,
  immediate: false,
  relatedOrigins: false,
};

test('capabilities() says what this browser can do', async ({ page, visit, browserName }) => {
  await visit();
  const isChromium = browserName === 'chromium';
  expect(await page.evaluate(() => sdk.capabilities())).toMatchObject({
    passkeys: true,
    // Firefox's virtual authenticator is not a platform authenticator.
    platform: isChromium,
    autofill: true,
    upgrade: isChromium,
    signals: isChromium,
    immediate: isChromium,
    relatedOrigins: true,
  });
});

test('capabilities() asks the older probes if the browser has no list of its own', async ({
  page,
  visit,
  browserName,
}) => {
  await visit();
  await page.evaluate(() => Object.assign(PublicKeyCredential, { getClientCapabilities: undefined }));
  const isChromium = browserName === 'chromium';
  expect(await page.evaluate(() => sdk.capabilities())).toEqual({
    ...none,
    passkeys: true,
    platform: true,
    autofill: true,
    signals: isChromium,
  });
});

test('capabilities() returns false for every probe that fails', async ({ page, visit }) => {
  await visit();
  await page.evaluate(() => {
    const fail = async () => {
      throw new Error('no');
    };
    for (const name of [
      'signalUnknownCredential',
      'signalAllAcceptedCredentials',
      'signalCurrentUserDetails',
    ]) {
      Reflect.deleteProperty(PublicKeyCredential, name);
    }
    Object.assign(PublicKeyCredential, {
      getClientCapabilities: fail,
      isConditionalMediationAvailable: fail,
      isUserVerifyingPlatformAuthenticatorAvailable: fail,
    });
  });
  expect(await page.evaluate(() => sdk.capabilities())).toEqual({ ...none, passkeys: true });
});

test('capabilities() is all false in a browser without WebAuthn', async ({ page, visit }) => {
  await visit();
  await page.evaluate(() => Object.assign(globalThis, { PublicKeyCredential: undefined }));
  expect(await page.evaluate(() => sdk.capabilities())).toEqual(none);
});

test('capabilities() returns false for passkeys if navigator.credentials is missing', async ({
  page,
  visit,
}) => {
  await visit();
  await page.evaluate(() => Object.defineProperty(navigator, 'credentials', { value: undefined }));
  expect(await page.evaluate(() => sdk.capabilities())).toEqual(none);
});

test('capabilities() returns false for a probe that never answers', async ({ page, visit }) => {
  await visit();
  const can = await page.evaluate(() => {
    Object.assign(PublicKeyCredential, {
      getClientCapabilities: () => new Promise(() => {}),
      isConditionalMediationAvailable: async () => true,
    });
    return sdk.capabilities();
  });
  expect(can).toMatchObject({ passkeys: true, autofill: true, upgrade: false });
});
