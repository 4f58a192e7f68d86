/** Immediate sign-in answers at once. In browsers without this mode the plain ceremony runs instead. */
import { spy } from '../spy.ts';
import { expect, test } from '../test.ts';
import { identity } from '../world.ts';

test('authenticate({ immediate: true }) on a device without a passkey: Chromium rejects with "no_credential" at once, Firefox has no such mode', async ({
  page,
  visit,
  browserName,
}) => {
  await visit();
  const watch = await spy(page);
  const ended = await page.evaluate(() => outcome(passkeys.authenticate({ immediate: true })));
  const [code, asked] = browserName === 'firefox' ? ['cancelled', 'get'] : ['no_credential', 'get immediate'];
  expect(ended).toMatchObject({ code });
  expect(await watch()).toEqual(['Challenges', asked]);
});

test('authenticate({ immediate: true }) signs in with a passkey of this device', async ({ page, visit }) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  expect(await page.evaluate(() => outcome(passkeys.authenticate({ immediate: true })))).toMatchObject({
    value: { status: 'approved' },
  });
});

test('authenticate({ immediate: true }) runs the plain ceremony if the browser has no such mode', async ({
  page,
  visit,
}) => {
  await visit();
  await page.evaluate(() => {
    Object.assign(PublicKeyCredential, { getClientCapabilities: async () => ({}) });
  });
  const watch = await spy(page);
  expect(await page.evaluate(() => outcome(passkeys.authenticate({ immediate: true })))).toMatchObject({
    code: 'cancelled',
  });
  expect(await watch()).toEqual(['Challenges', 'get']);
});

test('authenticate({ immediate: true }) runs the plain ceremony if the Challenge names passkeys, since browsers refuse both together', async ({
  page,
  visit,
}) => {
  await visit({ relay: { identify: () => ({ identity, friendlyName: 'Ada' }) } });
  await page.evaluate(() => passkeys.register());
  const watch = await spy(page);
  expect(await page.evaluate(() => outcome(passkeys.authenticate({ immediate: true })))).toMatchObject({
    value: { status: 'approved' },
  });
  expect(await watch()).toEqual(['Challenges', 'get', 'ApproveChallenge']);
});

test('authenticate({ immediate: true }) rejects with "no_credential" if the browser refuses the mode, as it does in private windows', async ({
  page,
  visit,
}) => {
  await visit();
  await page.evaluate(() => {
    Object.assign(PublicKeyCredential, { getClientCapabilities: async () => ({ immediateGet: true }) });
    navigator.credentials.get = async (options) => {
      const { uiMode } = options as { uiMode?: string };
      throw new DOMException(`${uiMode} is not for private windows`, 'NotAllowedError');
    };
  });
  expect(await page.evaluate(() => outcome(passkeys.authenticate({ immediate: true })))).toMatchObject({
    code: 'no_credential',
    cause: 'NotAllowedError: immediate is not for private windows',
  });
});
