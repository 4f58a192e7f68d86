/** Each wrong answer of the relay has an error code, and the page still works afterwards. */
import { expect, expectRecovery, test } from '../test.ts';

const json = (status: number, body: unknown, headers = {}) => Response.json(body, { status, headers });
const sid = (letters: string) => `${letters}${'0'.repeat(32)}`;
const twilio = (code: number, message: string, status: number) => ({
  code,
  message,
  status,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
});
/** A body that begins and then never ends, or breaks off. */
const unfinished = (end?: 'cut') =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"sid":'));
        if (end) setTimeout(() => controller.error(new Error('cut')), 50);
      },
    }),
    { headers: { 'content-type': 'application/json' } },
  );

type Answer = {
  title: string;
  answer: () => Response | Promise<Response>;
  expected: Record<string, unknown>;
};

const answers: Answer[] = [
  {
    title: '"timed_out" when the relay is slower than `timeout`',
    answer: () => new Promise(() => {}),
    expected: { code: 'timed_out', message: expect.stringContaining('did not answer within 300 ms') },
  },
  {
    title: '"timed_out" when the body of the answer never ends',
    answer: () => unfinished(),
    expected: { code: 'timed_out' },
  },
  {
    title: '"unreachable" when the connection is cut',
    answer: () => unfinished('cut'),
    expected: { code: 'unreachable' },
  },
  {
    title: '"invalid_response" when the relay answers HTML',
    answer: () => new Response('<h1>Hello</h1>', { headers: { 'content-type': 'text/html' } }),
    expected: { code: 'invalid_response', message: expect.stringContaining('text/html') },
  },
  {
    title: '"invalid_response" when the JSON is cut',
    answer: () => new Response('{"sid":', { headers: { 'content-type': 'application/json' } }),
    expected: { code: 'invalid_response', cause: expect.stringMatching(/^SyntaxError/) },
  },
  {
    title: '"invalid_response" when a proxy answers 502 with HTML',
    answer: () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
    expected: { code: 'invalid_response', message: expect.stringContaining('HTTP 502') },
  },
  {
    title: '"rate_limited" with the seconds in the Retry-After of 429',
    answer: () => json(429, twilio(20429, 'Too many requests', 429), { 'retry-after': '7' }),
    expected: { code: 'rate_limited', retryAfter: 7, rejection: { code: 20429, status: 429 } },
  },
  {
    title: '"rate_limited" with 0 seconds when the date in the Retry-After of 429 is past',
    answer: () => json(429, {}, { 'retry-after': new Date(0).toUTCString() }),
    expected: { code: 'rate_limited', retryAfter: 0 },
  },
  {
    title: '"rate_limited" with the seconds until the date in the Retry-After of 429',
    answer: () =>
      json(429, twilio(60312, 'Limit', 429), {
        'retry-after': new Date(Date.now() + 3_600_000).toUTCString(),
      }),
    expected: { code: 'rate_limited', retryAfter: expect.closeTo(3600, -2), rejection: { code: 60312 } },
  },
  {
    title: '"rejected" with Twilio\'s number, message, status and page',
    answer: () => json(500, twilio(20500, 'Internal server error', 500)),
    expected: {
      code: 'rejected',
      message: expect.stringContaining('rejected (20500 Internal server error)'),
      rejection: {
        code: 20500,
        message: 'Internal server error',
        status: 500,
        moreInfo: 'https://www.twilio.com/docs/errors/20500',
      },
    },
  },
  {
    title: '"not_signed_in" when the relay says that nobody is signed in',
    answer: () => json(401, { code: 'not_signed_in', message: 'Nobody is signed in', status: 401 }),
    expected: { code: 'not_signed_in', rejection: { code: 'not_signed_in', status: 401 } },
  },
  {
    title: '"invalid_options" when the answer contains no options',
    answer: () => json(201, { sid: sid('YF'), status: 'unverified' }),
    expected: {
      code: 'invalid_options',
      issues: expect.arrayContaining([expect.objectContaining({ code: 60306 })]),
    },
  },
  {
    title: '"invalid_options" when the challenge of the options is invalid',
    answer: () => json(201, { options: { publicKey: { challenge: 'not base64url!', rpId: 'localhost' } } }),
    expected: { code: 'invalid_options' },
  },
];

for (const { title, answer, expected } of answers) {
  test(`register() and authenticate() reject with ${title}`, async ({ page, visit }) => {
    let broken = true;
    const { upstream } = await visit({ answer: async () => (broken ? answer() : undefined) });
    for (const step of ['register', 'authenticate'] as const) {
      const ended = await page.evaluate(
        ({ step: method, timeout }) =>
          outcome(sdk.createPasskeys({ baseUrl: '/passkeys', timeout })[method]()),
        { step, timeout: expected.code === 'timed_out' ? 300 : 60_000 },
      );
      expect(ended, step).toMatchObject(expected);
    }
    expect(upstream).toEqual([]);
    broken = false;
    await expectRecovery(page);
  });
}

for (const step of ['register', 'authenticate'] as const) {
  const finish = step === 'register' ? 'VerifyFactor' : 'ApproveChallenge';
  const unfinishedStatus = step === 'register' ? 'unverified' : 'pending';

  test(`${step}() rejects with "invalid_response" when ${finish} answers "${unfinishedStatus}"`, async ({
    page,
    visit,
  }) => {
    let broken = step === 'register';
    const status = { sid: sid(step === 'register' ? 'YF' : 'YC'), status: unfinishedStatus };
    await visit({
      answer: async ({ url }) => (broken && url.endsWith(finish) ? json(200, status) : undefined),
    });
    if (step === 'authenticate') await page.evaluate(() => passkeys.register());
    broken = true;
    const ended = await page.evaluate((method) => outcome(passkeys[method]()), step);
    expect(ended).toMatchObject({ code: 'invalid_response', message: expect.stringContaining(finish) });
    broken = false;
    if (step === 'authenticate') await expectRecovery(page);
  });
}

test('a ceremony rejects with "unreachable" when the relay is down, and works when it is back', async ({
  page,
  visit,
  context,
}) => {
  await visit();
  await context.setOffline(true);
  const ended = await page.evaluate(() => outcome(passkeys.register()));
  expect(ended).toMatchObject({
    code: 'unreachable',
    cause: expect.stringMatching(/^(TypeError|NetworkError)/),
  });
  await context.setOffline(false);
  await expectRecovery(page);
});
