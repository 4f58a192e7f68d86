/** The ceremonies in an insecure page, in a frame and beside a second copy of the package. */
import type { Page } from '@playwright/test';
import { expect, expectRecovery, test } from '../test.ts';

const steps = ['register', 'authenticate'] as const;

for (const step of steps) {
  test(`${step}() rejects with "insecure_context" on a page of plain http, and sends nothing`, async ({
    page,
    visit,
  }) => {
    const { origin, upstream } = await visit();
    // The same server answers under this name, which is not localhost.
    await page.route('http://insecure.example/**', async (route) => {
      const { pathname } = new URL(route.request().url());
      await route.fulfill({ response: await route.fetch({ url: origin + pathname }) });
    });
    await page.goto('http://insecure.example/');
    const ended = await page.evaluate((method) => outcome(passkeys[method]()), step);
    expect(ended).toMatchObject({ code: 'insecure_context' });
    expect(upstream).toEqual([]);
    await page.goto(origin);
    await expectRecovery(page);
  });

  test(`${step}() in a frame that may not use passkeys rejects with "not_permitted"; Chromium knows this before anything is sent`, async ({
    page,
    visit,
    browserName,
  }) => {
    const framed = await visit();
    await visit();
    const frame = await openFrame(page, framed.origin);
    const ended = await frame.evaluate((method) => outcome(passkeys[method]()), step);
    expect(ended).toMatchObject({ code: 'not_permitted' });
    expect(framed.upstream).toHaveLength(browserName === 'chromium' ? 0 : 1);
  });
}

/** Opens a page of another origin in a frame without permissions. */
async function openFrame(page: Page, address: string) {
  await page.evaluate((source) => {
    const frame = document.createElement('iframe');
    frame.src = source;
    document.body.append(frame);
  }, address);
  const find = () => page.frames().find((each) => each.url().startsWith(address));
  await expect.poll(find).toBeTruthy();
  const frame = find()!;
  await expect.poll(() => frame.evaluate(() => 'passkeys' in globalThis).catch(() => false)).toBe(true);
  return frame;
}

test('if its Permissions-Policy forbids passkeys, a page gets "not_permitted" before anything is sent, in browsers that read the policy', async ({
  page,
  visit,
  browserName,
}) => {
  const { origin, upstream } = await visit();
  await page.route(`${origin}/strict`, async (route) => {
    const answer = await route.fetch({ url: origin });
    const policy = 'publickey-credentials-create=(), publickey-credentials-get=()';
    await route.fulfill({
      response: answer,
      headers: { ...answer.headers(), 'permissions-policy': policy },
    });
  });
  await page.goto(`${origin}/strict`);
  const calls = ['register', 'authenticate', 'autofill', 'prepareRegister', 'prepareAuthenticate'] as const;
  test.skip(browserName !== 'chromium', 'Firefox does not read the header');
  for (const call of calls) {
    const ended = await page.evaluate((method) => outcome(passkeys[method]()), call);
    expect(ended, call).toMatchObject({ code: 'not_permitted' });
  }
  expect(upstream).toEqual([]);
});

for (const kind of ['srcdoc', 'about:blank']) {
  test(`a ceremony in a frame of ${kind} works, since its origin is the one that the browser signs`, async ({
    page,
    visit,
  }) => {
    await visit();
    const ended = await page.evaluate(async (frameKind) => {
      const frame = document.createElement('iframe');
      if (frameKind === 'srcdoc') frame.srcdoc = '<!doctype html><title>A frame</title>';
      document.body.append(frame);
      if (frameKind === 'srcdoc') await new Promise((loaded) => frame.addEventListener('load', loaded));
      const inner = frame.contentWindow as Window & typeof globalThis & { done?: Promise<unknown> };
      const script = inner.document.createElement('script');
      script.type = 'module';
      script.textContent = `
        import { createPasskeys } from '${location.origin}/verify-passkeys.min.js';
        const passkeys = createPasskeys({ baseUrl: '${location.origin}/passkeys' });
        const run = async () => [(await passkeys.register()).status, (await passkeys.authenticate()).status];
        parent.postMessage(await run().catch((error) => error.code + ': ' + error.message));`;
      const done = new Promise((resolve) => {
        addEventListener('message', ({ data }) => resolve(data), { once: true });
      });
      inner.document.body.append(script);
      return done;
    }, kind);
    expect(ended).toEqual(['verified', 'approved']);
  });
}

test('two copies of the package share the turn of a page: the second call aborts the first', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await authenticator.hold();
  const first = await page.evaluate(async () => {
    const other: typeof sdk = await import(`${location.origin}/verify-passkeys.min.js?copy`);
    const earlier = outcome(passkeys.register());
    const controller = new AbortController();
    const second = outcome(
      other.createPasskeys({ baseUrl: '/passkeys' }).register({ signal: controller.signal }),
    );
    const told = await earlier;
    controller.abort();
    await second;
    return told;
  });
  expect(first).toMatchObject({ code: 'aborted', message: 'Another ceremony of this page took over.' });
  await authenticator.confirm();
  await expectRecovery(page);
});

test('isPasskeyError() recognizes the errors of another copy of the package, and nothing else', async ({
  page,
  visit,
}) => {
  await visit();
  const known = await page.evaluate(async () => {
    const other: typeof sdk = await import(`${location.origin}/verify-passkeys.min.js?copy`);
    const error = await other
      .createPasskeys({ baseUrl: '/passkeys' })
      .authenticate({ signal: AbortSignal.abort() })
      .catch((thrown: unknown) => thrown);
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
