/** After a pick that failed, the field goes on offering, and the next pick signs in. In Firefox only a user can pick. */
import type { Page } from '@playwright/test';
import { spy } from '../spy.ts';
import { expect, isolated, test } from '../test.ts';
import type { Outcome } from '../world.ts';

declare global {
  /** The page's running autofill, and the failures that it told. */
  var filling: { outcome: Promise<Outcome>; failures: Outcome[]; controller: AbortController };
}

const begin = (page: Page) =>
  page.evaluate(() => {
    const failures: Outcome[] = [];
    const controller = new AbortController();
    const onFailure = async (error: unknown) => {
      failures.push(await outcome(Promise.reject(error)));
      throw new Error('whatever it rejects with is ignored');
    };
    const ended = outcome(passkeys.autofill({ signal: controller.signal, onFailure }));
    globalThis.filling = { failures, controller, outcome: ended };
  });
const end = (page: Page) => page.evaluate(() => filling.outcome);
const failuresOf = (page: Page) => page.evaluate(() => filling.failures);

/** Answers as the relay does when it refuses. */
const refusal = (status: number, code: string | number, headers = {}) =>
  Response.json({ code, message: 'no', status }, { status, headers });

const picks = (calls: string[]) => calls.filter((call) => call === 'ApproveChallenge').length;

test('autofill() signs in with the next pick after each failure that a pick may cure, and tells each failure', async ({
  page,
  visit,
}) => {
  const failing: [what: string, answer: Response | undefined, told: object][] = [
    ['409', refusal(409, 'ceremony_mismatch'), { code: 'rejected', rejection: { status: 409 } }],
    ['no cookie', refusal(409, 'no_ceremony_cookie'), { code: 'rejected' }],
    ['410', refusal(410, 'ceremony_expired'), { code: 'rejected' }],
    ['429', refusal(429, 20429, { 'retry-after': '1' }), { code: 'rate_limited', retryAfter: 1 }],
    ['503', refusal(503, 'storage_unavailable'), { code: 'rejected', rejection: { status: 503 } }],
    ['a proxy', new Response('<h1>Bad gateway</h1>', { status: 502 }), { code: 'invalid_response' }],
    ['no answer', undefined, { code: 'unreachable' }],
    ['a used Challenge', refusal(403, 60322), { code: 'rejected', rejection: { code: 60322 } }],
    ['another person', refusal(403, 'not_allowed'), { code: 'rejected' }],
    ['a stranger', refusal(403, 'unknown_credential'), { code: 'rejected' }],
  ];
  let failure: Response | undefined | 'none' = 'none';
  const challenges: string[] = [];
  await visit({
    answer: async (request) => {
      if (!request.url.endsWith('/ApproveChallenge')) return undefined;
      challenges.push((await request.clone().json()).response.clientDataJSON);
      const answer = failure;
      failure = 'none';
      return answer === 'none' ? undefined : answer;
    },
  });
  await page.evaluate(() => passkeys.register());
  const calls = await spy(page);
  for (const [what, answer, told] of failing) {
    await page.evaluate(() => {
      globalThis.calls = [];
    });
    failure = answer ?? 'none';
    if (!answer) await page.route('**/ApproveChallenge', (route) => route.abort(), { times: 1 });
    await begin(page);
    expect(await end(page), what).toMatchObject({ value: { status: 'approved' } });
    expect(await failuresOf(page), what).toMatchObject([told]);
    expect((await calls()).join(' '), what).toBe(
      'Challenges get conditional ApproveChallenge Challenges get conditional ApproveChallenge',
    );
  }
  expect(new Set(challenges).size, 'no Challenge was sent twice').toBe(challenges.length);
});

test('autofill() goes on after a passkey that Verify no longer has, a relay that is too slow and a credential that is damaged', async ({
  page,
  visit,
}) => {
  let unknown = true;
  await visit({
    // Verify says this of an old passkey only: of a new one the relay does not believe it.
    answer: async ({ url }) => {
      if (!url.endsWith('/ApproveChallenge') || !unknown) return undefined;
      unknown = false;
      return refusal(404, 60390);
    },
  });
  await page.evaluate(async () => {
    // The browser drops a passkey that Verify no longer has, so it is not told here.
    Object.assign(PublicKeyCredential, { signalUnknownCredential: async () => {} });
    await passkeys.register();
    const { fetch } = globalThis;
    let slow = true;
    globalThis.passkeys = sdk.createPasskeys({
      baseUrl: '/passkeys',
      timeout: 2000,
      fetch: (input, init) => {
        const isSlow = slow && `${input instanceof Request ? input.url : input}`.endsWith('ApproveChallenge');
        if (isSlow) slow = false;
        return isSlow ? new Promise(() => {}) : fetch(input, init);
      },
    });
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = async (options) => {
      navigator.credentials.get = get;
      return { ...((await get(options)) as object), id: '?', rawId: '?', response: {} } as never;
    };
  });
  await begin(page);
  expect(await end(page)).toMatchObject({ value: { status: 'approved' } });
  const codes = (await failuresOf(page)).map(({ code, rejection }) => rejection?.code ?? code);
  expect(codes).toEqual(['invalid_credential', 'timed_out', 60390]);
});

test('autofill() goes on when its first Challenge cannot be fetched, and tells it', async ({
  page,
  visit,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await page.route('**/Challenges', (route) => route.abort(), { times: 2 });
  await begin(page);
  expect(await end(page)).toMatchObject({ value: { status: 'approved' } });
  expect(await failuresOf(page)).toMatchObject([{ code: 'unreachable' }, { code: 'unreachable' }]);
});

test('autofill() rejects with what no other pick can cure, and tells nothing', async ({ page, visit }) => {
  let answer = refusal(401, 'not_signed_in');
  await visit({
    answer: async ({ url }) => (url.endsWith('/ApproveChallenge') ? answer.clone() : undefined),
  });
  await page.evaluate(() => passkeys.register());
  for (const [status, code] of [
    [401, 'not_signed_in'],
    [403, 'forbidden_origin'],
    [404, 'not_found'],
    [405, 'method_not_allowed'],
    [413, 'body_too_large'],
    [415, 'not_json'],
  ] as const) {
    answer = refusal(status, code);
    await begin(page);
    expect(await end(page), code).toMatchObject({ rejection: { code } });
    expect(await failuresOf(page), code).toEqual([]);
  }
});

// These tests stop the clock of their browser context, which no other test may share.
isolated(
  'autofill() waits as long as the server asks for, and longer each time while picks fail at once',
  async ({ page, visit }) => {
    let answer = () => refusal(503, 'storage_unavailable');
    await visit({
      answer: async ({ url }) => (url.endsWith('/ApproveChallenge') ? answer() : undefined),
    });
    await page.evaluate(() => passkeys.register());
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1000);
    const calls = await spy(page);
    const picked = async () => picks(await calls());
    await begin(page);
    await expect.poll(async () => (await failuresOf(page)).length).toBe(1);
    for (const [seconds, times] of [
      [1.1, 2],
      [2.1, 3],
    ] as const) {
      await page.clock.runFor(seconds * 1000);
      await expect.poll(picked).toBe(times);
      await expect.poll(async () => (await failuresOf(page)).length).toBe(times);
    }
    answer = () => refusal(429, 20429, { 'retry-after': '600' });
    await page.clock.runFor(4100);
    await expect.poll(async () => (await failuresOf(page)).length).toBe(4);
    await page.clock.runFor(590_000);
    // A page that is shown again does not wait less than the server asks for.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    expect(await picked()).toBe(4);
    await page.clock.runFor(11_000);
    await expect.poll(picked).toBe(5);
  },
);

test('autofill() ends when another ceremony of the page succeeds while it waits after a failure', async ({
  page,
  visit,
}) => {
  let fails = true;
  await visit({
    answer: async ({ url }) => {
      if (!fails || !url.endsWith('/ApproveChallenge')) return undefined;
      fails = false;
      return refusal(429, 20429, { 'retry-after': '600' });
    },
  });
  await page.evaluate(() => passkeys.register());
  await begin(page);
  await expect.poll(() => failuresOf(page)).toHaveLength(1);
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    value: { status: 'approved' },
  });
  const message = 'Another ceremony of this page succeeded.';
  expect(await end(page)).toMatchObject({ code: 'aborted', message });
});

test('with nine tabs of one sign-in page, the second pick in the oldest tab signs in', async ({
  page,
  visit,
  context,
  authenticator,
}) => {
  const { origin } = await visit();
  await page.evaluate(() => passkeys.register());
  await authenticator.hold();
  const oldest = await spy(page);
  await begin(page);
  await expect.poll(oldest).toContain('get conditional');
  for (let tabs = 1; tabs < 9; tabs++) {
    const tab = await context.newPage();
    await tab.goto(origin);
    const calls = await spy(tab);
    await begin(tab);
    await expect.poll(calls).toContain('get conditional');
    await tab.evaluate(() => filling.controller.abort());
  }
  await page.bringToFront();
  await authenticator.confirm();
  expect(await end(page)).toMatchObject({ value: { status: 'approved' } });
  expect(await failuresOf(page)).toMatchObject([{ rejection: { code: 'ceremony_mismatch' } }]);
  expect(picks(await oldest())).toBe(2);
});

test('run() of a sign-in that other tabs have displaced says so, and its second call signs in', async ({
  page,
  visit,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  const [first, second] = await page.evaluate(async () => {
    const { run } = await passkeys.prepareAuthenticate();
    for (let others = 0; others < 5; others++) await passkeys.prepareAuthenticate();
    return [await outcome(run()), await outcome(run())] as const;
  });
  expect(first).toMatchObject({ code: 'rejected', rejection: { code: 'ceremony_mismatch', status: 409 } });
  expect(second).toMatchObject({ value: { status: 'approved' } });
});
