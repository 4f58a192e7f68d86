/** The package in Safari's engine: ceremonies reject without WebAuthn, and work if a script plays it. */
import { recorded, registration } from '../credential.ts';
import { barePage, type Outcome } from '../world.ts';
import { withCredentials } from './play-credentials.ts';
import { expect, test } from './webkit.ts';

// One WebKit is enough for the tests of a file.
test.describe.configure({ mode: 'default' });

declare global {
  /** A ceremony that a test began in the page, and the controller that ends it. */
  var running: { outcome: Promise<Outcome>; controller: AbortController };
}

const page = withCredentials(barePage);

test('the package loads, and without WebAuthn every ceremony rejects with "unsupported", upgrade() resolves to null, and nothing is sent', async ({
  visit,
  evaluate,
}) => {
  const { upstream } = await visit();
  expect(await evaluate(() => [typeof PublicKeyCredential, typeof navigator.credentials])).toEqual([
    'undefined',
    'undefined',
  ]);
  const codes = await evaluate(() =>
    Promise.all(
      [passkeys.register(), passkeys.authenticate(), passkeys.autofill(), passkeys.prepareRegister()].map(
        async (asked) => (await outcome(asked)).code,
      ),
    ),
  );
  expect(codes).toEqual(Array(4).fill('unsupported'));
  expect(await evaluate(() => outcome(passkeys.upgrade()))).toMatchObject({ value: null });
  expect(Object.values(await evaluate(() => sdk.capabilities())).filter(Boolean)).toEqual([]);
  expect(upstream).toEqual([]);
});

test('the check, list() and remove() work without WebAuthn', async ({ visit, evaluate }) => {
  await visit();
  const { good, bad } = await evaluate(
    ([credential, expected]) => ({
      good: sdk.checkRegistration(credential, expected),
      bad: sdk.checkRegistration({ ...credential, rawId: 'AAAA' }, expected).map(({ code }) => code),
    }),
    [registration, recorded] as const,
  );
  expect(good).toEqual([]);
  expect(bad).toEqual([60376]);
  expect(await evaluate(() => passkeys.list())).toEqual([]);
  expect(await evaluate(() => outcome(passkeys.remove(`YF${'0'.repeat(32)}`)))).toMatchObject({
    code: 'rejected',
  });
});

test('if a script plays WebAuthn with real signatures, a passkey is made and signs in', async ({
  visit,
  evaluate,
}) => {
  await visit({ page });
  expect(await evaluate(() => outcome(passkeys.register()))).toMatchObject({ value: { status: 'verified' } });
  expect(await evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    value: { status: 'approved' },
  });
  expect(await evaluate(() => outcome(passkeys.register()))).toMatchObject({ code: 'already_registered' });
});

test('a ceremony rejects with "aborted" when its signal aborts, and the next one works', async ({
  visit,
  evaluate,
}) => {
  await visit({ page });
  await evaluate(() => {
    authenticator.isPresent = false;
    const controller = new AbortController();
    globalThis.running = { controller, outcome: outcome(passkeys.register({ signal: controller.signal })) };
  });
  await expect.poll(() => evaluate(() => authenticator.asked)).toEqual(['create']);
  await evaluate(() => running.controller.abort(new Error('the page moved on')));
  expect(await evaluate(() => running.outcome)).toMatchObject({
    code: 'aborted',
    cause: 'Error: the page moved on',
  });
  await evaluate(() => {
    authenticator.isPresent = true;
  });
  expect(await evaluate(() => outcome(passkeys.register()))).toMatchObject({ value: { status: 'verified' } });
});

test('a ceremony that nobody answers rejects with "timed_out", and the next one works', async ({
  visit,
  evaluate,
}) => {
  const { shortenOptions } = await visit({ page });
  shortenOptions(300);
  const ended = await evaluate(() => {
    authenticator.isPresent = false;
    return outcome(passkeys.register());
  });
  expect(ended).toMatchObject({ code: 'timed_out' });
  shortenOptions();
  await evaluate(() => {
    authenticator.isPresent = true;
  });
  expect(await evaluate(() => outcome(passkeys.register()))).toMatchObject({ value: { status: 'verified' } });
});

test('autofill() renews its Challenge before it expires, and the newest one signs in', async ({
  visit,
  evaluate,
}) => {
  const { shortenOptions } = await visit({ page });
  await evaluate(() => passkeys.register());
  shortenOptions(400);
  await evaluate(() => {
    authenticator.asked.length = 0;
    const controller = new AbortController();
    globalThis.running = { controller, outcome: outcome(passkeys.autofill({ signal: controller.signal })) };
  });
  const countAsked = () => evaluate(() => authenticator.asked.length);
  await expect.poll(countAsked).toBeGreaterThan(2);
  // A pick at the moment of a renewal is lost, so the user picks again.
  const pick = () =>
    evaluate(() => {
      authenticator.confirm();
      return Promise.race([running.outcome, new Promise((then) => setTimeout(then, 50, 'still waiting'))]);
    });
  await expect.poll(pick).toMatchObject({ value: { status: 'approved' } });
  expect(await evaluate(() => [...new Set(authenticator.asked)])).toEqual(['get conditional']);
});

test('passkeys are listed, renamed and removed', async ({ visit, evaluate }) => {
  await visit({ page });
  const { sid } = await evaluate(() => passkeys.register({ friendlyName: 'Laptop' }));
  expect(await evaluate(() => passkeys.list())).toMatchObject([{ sid, friendlyName: 'Laptop' }]);
  await evaluate((factorSid) => passkeys.rename(factorSid, 'Phone'), sid);
  expect(await evaluate(() => passkeys.list())).toMatchObject([{ sid, friendlyName: 'Phone' }]);
  await evaluate((factorSid) => passkeys.remove(factorSid), sid);
  expect(await evaluate(() => passkeys.list())).toEqual([]);
  expect(await evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({ code: 'rejected' });
});
