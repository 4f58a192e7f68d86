/** onEvent is called for every station that a ceremony enters, passes or fails at. */
import type { Page } from '@playwright/test';
import type { PasskeyEvent } from 'verify-passkeys';
import { expect, test } from '../test.ts';

declare global {
  /** The page's events since `hear` was called. */
  var heard: PasskeyEvent[];
}

/** From now on `passkeys` records its events. */
const hear = (page: Page) =>
  page.evaluate(() => {
    globalThis.heard = [];
    globalThis.passkeys = sdk.createPasskeys({
      baseUrl: '/passkeys',
      onEvent: (event) => {
        heard.push(event);
        throw new Error('a handler that throws');
      },
    });
  });

/** The events, in short: `plain begin entered`. */
const story = (page: Page) =>
  page.evaluate(() => heard.map(({ way, station, state }) => `${way} ${station} ${state}`));

const passed = (way: string, ...stations: string[]) =>
  stations.flatMap((station) => [`${way} ${station} entered`, `${way} ${station} passed`]);

test('register() and authenticate() report their five stations in order, with the time that each took', async ({
  page,
  visit,
}) => {
  await visit();
  await hear(page);
  await page.evaluate(() => passkeys.register());
  await page.evaluate(() => passkeys.authenticate());
  const line = passed('plain', 'begin', 'ask', 'check', 'send', 'read');
  expect(await story(page)).toEqual([...line, ...line]);
  const events = await page.evaluate(() => heard);
  expect(new Set(events.map(({ ceremony }) => ceremony))).toEqual(new Set(['register', 'authenticate']));
  for (const { state, took } of events) {
    if (state === 'entered') expect(took).toBeUndefined();
    else expect(took).toBeGreaterThanOrEqual(0);
  }
});

test('a station that fails reports the error that the ceremony rejects with', async ({ page, visit }) => {
  await visit();
  await hear(page);
  const same = await page.evaluate(async () => {
    const error = await passkeys.authenticate().catch((thrown: unknown) => thrown);
    return { same: heard.at(-1)!.error === error, code: heard.at(-1)!.error!.code };
  });
  expect(same).toEqual({ same: true, code: 'cancelled' });
  expect(await story(page)).toEqual([...passed('plain', 'begin'), 'plain ask entered', 'plain ask failed']);
});

test('a prepared ceremony reports its stations when it is prepared and when it runs', async ({
  page,
  visit,
}) => {
  await visit();
  await hear(page);
  const prepared = await page.evaluateHandle(() => passkeys.prepareRegister());
  expect(await story(page)).toEqual(passed('prepared', 'begin'));
  await prepared.evaluate((ready) => ready.run());
  expect(await story(page)).toEqual(passed('prepared', 'begin', 'ask', 'check', 'send', 'read'));
});

test('autofill() reports one begin and one ask, however often it renews its options', async ({
  page,
  visit,
  authenticator,
}) => {
  const { shortenOptions, upstream } = await visit();
  await authenticator.hold();
  shortenOptions(300);
  await hear(page);
  await page.evaluate(() => {
    const controller = new AbortController();
    Object.assign(globalThis, {
      controller,
      waiting: outcome(passkeys.autofill({ signal: controller.signal })),
    });
  });
  await expect.poll(() => upstream.length).toBeGreaterThan(2);
  await page.evaluate(() => {
    const { controller, waiting } = globalThis as unknown as {
      controller: AbortController;
      waiting: unknown;
    };
    controller.abort();
    return waiting;
  });
  expect(await story(page)).toEqual([
    ...passed('autofill', 'begin'),
    'autofill ask entered',
    'autofill ask failed',
  ]);
  await authenticator.confirm();
});

test('upgrade() that the browser declines reports a failed ask, and authenticate({ immediate: true }) reports "immediate" as its way', async ({
  page,
  visit,
}) => {
  await visit();
  await hear(page);
  await page.evaluate(async () => {
    const can = { conditionalCreate: true, immediateGet: true };
    Object.assign(PublicKeyCredential, { getClientCapabilities: async () => can });
    const refuse = async () => {
      throw new DOMException('declined', 'NotAllowedError');
    };
    Object.assign(navigator.credentials, { create: refuse, get: refuse });
    await passkeys.upgrade();
    await outcome(passkeys.authenticate({ immediate: true }));
  });
  expect(await story(page)).toEqual(
    ['upgrade', 'immediate'].flatMap((way) => [
      ...passed(way, 'begin'),
      `${way} ask entered`,
      `${way} ask failed`,
    ]),
  );
  expect(await page.evaluate(() => heard.map(({ error }) => error?.code).filter(Boolean))).toEqual([
    'cancelled',
    'no_credential',
  ]);
});

test('no event contains credential bytes or user data', async ({ page, visit }) => {
  const { upstream } = await visit();
  await hear(page);
  await page.evaluate(() => passkeys.register({ friendlyName: 'Laptop' }));
  await page.evaluate(() => passkeys.authenticate());
  const told = await page.evaluate(() => JSON.stringify(heard));
  const { id, response } = JSON.parse(upstream.find(({ path }) => path.endsWith('/VerifyFactor'))!.body);
  for (const secret of [id, response.clientDataJSON, response.attestationObject, 'Laptop', 'Ada']) {
    expect(told).not.toContain(secret);
  }
  expect(JSON.parse(told)).toHaveLength(20);
});
