/** If a part of the package that loads late is gone, stalls or is forbidden, the ceremony rejects and never hangs. */
import type { Route } from '@playwright/test';
import { expect, test } from '../test.ts';
import { split } from './split.ts';

const gone = { code: 'unreachable', message: expect.stringContaining('reload the page') };

test('a ceremony whose late part is gone after a deploy rejects with "unreachable" and asks for a reload of the page', async ({
  page,
  visit,
}) => {
  await visit();
  await split(page, (route) => route.fulfill({ status: 404 }));
  for (const run of ['register', 'authenticate', 'autofill', 'list'] as const) {
    expect(await page.evaluate((method) => outcome(passkeys[method]()), run), run).toMatchObject(gone);
  }
});

test('a ceremony whose late part stalls ends by its timeout or its signal, and works once the part is there', async ({
  page,
  visit,
}) => {
  await visit();
  const held: Route[] = [];
  let isStalled = true;
  const serve = await split(page, async (route) => (isStalled ? void held.push(route) : serve(route)));
  // This fetch answers at once, so that only the late part is slow, even on a busy machine.
  const late = await page.evaluate(() => {
    const fetch = async () => Response.json({});
    return outcome(sdk.createPasskeys({ baseUrl: '/passkeys', timeout: 500, fetch }).register());
  });
  expect(late).toMatchObject(gone);
  const aborted = await page.evaluate(() => {
    const controller = new AbortController();
    const ended = outcome(passkeys.register({ signal: controller.signal }));
    controller.abort();
    return ended;
  });
  expect(aborted).toMatchObject({ code: 'aborted' });
  isStalled = false;
  for (const route of held) await serve(route);
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    value: { status: 'verified' },
  });
});

test('a credential that the check refuses has an issue for each broken rule even if the explanations cannot be loaded', async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  const missing: string[] = [];
  const serve = await split(page, (route) => {
    if (!/explain/.test(route.request().url())) return serve(route);
    missing.push(route.request().url());
    return route.fulfill({ status: 404 });
  });
  const ended = await page.evaluate(() => {
    const native = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = async (options) => {
      const { id, type, response } = (await native(options)) as PublicKeyCredential;
      const { attestationObject } = response as AuthenticatorAttestationResponse;
      const clientDataJSON = new TextEncoder().encode('{}').buffer;
      return {
        id,
        type,
        rawId: new ArrayBuffer(3),
        response: { clientDataJSON, attestationObject },
      } as never;
    };
    return outcome(passkeys.register());
  });
  expect(missing).toHaveLength(1);
  const fix = expect.stringMatching(/^Reload the page/);
  expect(ended).toMatchObject({
    code: 'invalid_credential',
    message: expect.stringMatching(/^Nothing was sent: .*Reload the page/),
    issues: [
      { path: 'rawId', code: 60376, message: 'rawId breaks the rule "ids differ".', fix },
      { path: 'response.clientDataJSON', message: expect.stringContaining('client data unreadable'), fix },
    ],
  });
  expect(upstream.filter(({ path }) => path.endsWith('VerifyFactor'))).toEqual([]);
});

test('an exception of the browser keeps its code and its words if the part that explains it cannot be loaded', async ({
  page,
  visit,
}) => {
  await visit();
  const serve = await split(page, (route) =>
    /exception-words/.test(route.request().url()) ? route.fulfill({ status: 404 }) : serve(route),
  );
  const ended = await page.evaluate(async () => {
    navigator.credentials.get = async () => {
      throw new DOMException('not this domain', 'SecurityError');
    };
    return outcome(passkeys.authenticate());
  });
  expect(ended).toMatchObject({
    code: 'wrong_relying_party',
    message: 'The browser threw SecurityError: not this domain',
    cause: 'SecurityError: not this domain',
  });
});

test('every part of the package remembers a passkey that this page has made, even if the app clears its storage', async ({
  page,
  visit,
}) => {
  await visit();
  const serve = await split(page, (route) => serve(route));
  const told = await page.evaluate(async () => {
    const lists: unknown[] = [];
    Object.assign(PublicKeyCredential, {
      signalAllAcceptedCredentials: async (list: object) => void lists.push(list),
    });
    await passkeys.register();
    await passkeys.list();
    localStorage.clear();
    const { fetch } = globalThis;
    globalThis.fetch = async (input, init) => {
      const { factors } = await (await fetch(input, init)).json();
      return Response.json({ factors: [{ ...factors[0], credential_id: 'AAAA' }], complete: true });
    };
    await passkeys.list();
    return lists.length;
  });
  // The first list has the passkey, the second one is older.
  expect(told).toBe(1);
});

test('a ceremony whose import() throws at once rejects with "unreachable", and the next one works', async ({
  page,
  visit,
}) => {
  await visit();
  // webpack's import() throws this if Trusted Types forbid its script.
  await page.evaluate(() => {
    Object.assign(globalThis, {
      importNow: () => {
        throw new TypeError('This document requires TrustedScriptURL assignment');
      },
    });
  });
  const now = (code: string) => code.replaceAll(/import\(`\.\/(assets\/)?/g, 'importNow(`/app/assets/');
  const serve = await split(page, (route) => serve(route), now);
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    ...gone,
    cause: expect.stringContaining('TrustedScriptURL'),
  });
  await page.evaluate(() => {
    Object.assign(globalThis, { importNow: (path: string) => import(path) });
  });
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    value: { status: 'verified' },
  });
});
