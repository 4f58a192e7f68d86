/** Each error carries what its code promises, in whichever way it came about. */
import { expect, test } from '../test.ts';
import type { Outcome } from '../world.ts';

const rejection = { code: expect.anything(), message: expect.any(String), status: expect.any(Number) };
const issues = [
  { path: expect.any(String), code: 60306, message: expect.any(String), fix: expect.any(String) },
];

const noJson = expect.stringContaining('SyntaxError');
const notFound = { code: 'not_found', message: 'No', status: 404 };
const html = (status: number, headers = {}) => new Response('<h1>No</h1>', { status, headers });
const json = (status: number, body: unknown) => Response.json(body, { status });

test('an error has the details of its code, whatever the relay answered', async ({ page, visit }) => {
  let answer: (() => Response) | undefined;
  await visit({ answer: async () => answer?.() });
  const inDate = new Date(Date.now() + 3_600_000).toUTCString();
  const rows: [answer: () => Response, expected: Partial<Record<keyof Outcome, unknown>>][] = [
    // A gateway or a guard of the app answers a 401 in its own words.
    [
      () => html(401),
      {
        code: 'not_signed_in',
        rejection: { message: expect.stringContaining('401'), status: 401 },
        cause: noJson,
      },
    ],
    [() => new Response(null, { status: 401 }), { code: 'not_signed_in', rejection }],
    [() => json(401, { error: 'login' }), { code: 'not_signed_in', rejection }],
    [() => json(401, { code: 20003, message: 'No' }), { code: 'not_signed_in', rejection: { code: 20003 } }],
    [() => html(429), { code: 'rate_limited', retryAfter: 0, cause: noJson }],
    [() => html(429, { 'retry-after': 'soon' }), { code: 'rate_limited', retryAfter: 0 }],
    [() => html(429, { 'retry-after': '-3' }), { code: 'rate_limited', retryAfter: 0 }],
    [() => html(429, { 'retry-after': '30 s' }), { code: 'rate_limited', retryAfter: 0 }],
    [() => html(429, { 'retry-after': '' }), { code: 'rate_limited', retryAfter: 0 }],
    [() => html(429, { 'retry-after': '30' }), { code: 'rate_limited', retryAfter: 30 }],
    [
      () => html(429, { 'retry-after': inDate }),
      { code: 'rate_limited', retryAfter: expect.closeTo(3600, -2) },
    ],
    // This is no date of HTTP, but it still names a time.
    [
      () => html(429, { 'retry-after': new Date(inDate).toISOString() }),
      { code: 'rate_limited', retryAfter: expect.closeTo(3600, -2) },
    ],
    [() => json(404, notFound), { code: 'rejected', rejection }],
    [() => json(503, { code: 20503, message: 'No' }), { code: 'rejected', rejection: { status: 503 } }],
    [() => html(404), { code: 'invalid_response' }],
    [() => json(403, { code: null }), { code: 'invalid_response' }],
  ];
  for (const [i, [next, expected]] of rows.entries()) {
    answer = next;
    for (const run of ['register', 'list', 'prepareAuthenticate'] as const) {
      const ended = await page.evaluate((method) => outcome(passkeys[method]()), run);
      expect(ended, `row ${i} at ${run}()`).toMatchObject(expected);
      // None of these answers names Twilio's page.
      expect(Object.keys(ended.rejection ?? {})).not.toContain('moreInfo');
    }
  }
});

test('an error that the page makes itself, before it sends anything, has the details of its code too', async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  const long = 'x'.repeat(65);
  const ended = await page.evaluate(async (friendlyName) => {
    const options = { challenge: 'AAAA', extensions: { largeBlob: { write: '?' }, prf: {} } };
    const bytes = { challenge: 'AAAA', extensions: { prf: { evalByCredential: { AAAA: { second: '?' } } } } };
    return Promise.all(
      [
        passkeys.register({ friendlyName }),
        passkeys.prepareRegister({ friendlyName }),
        passkeys.rename(`YF${'0'.repeat(32)}`, friendlyName),
        passkeys.rename('../Challenges', 'Laptop'),
        passkeys.remove('YF0'),
        sdk.createCredential({}),
        sdk.createCredential(undefined),
        sdk.getCredential({ challenge: 7 }),
        sdk.getCredential(options),
        sdk.getCredential(bytes),
      ].map(outcome),
    );
  }, long);
  expect(ended).toMatchObject([
    { code: 'rejected', rejection: { ...rejection, code: 60388 } },
    { code: 'rejected', rejection: { ...rejection, code: 60388 } },
    { code: 'rejected', rejection: { ...rejection, code: 60388 } },
    { code: 'rejected', rejection: { ...rejection, code: 'not_found' } },
    { code: 'rejected', rejection: { ...rejection, code: 'not_found' } },
    { code: 'invalid_options', issues: expect.arrayContaining(issues) },
    { code: 'invalid_options', issues: [{ ...issues[0], path: '' }] },
    { code: 'invalid_options', issues: [{ ...issues[0], path: 'challenge' }] },
    { code: 'invalid_options', issues: [{ ...issues[0], path: 'extensions.largeBlob.write' }] },
    {
      code: 'invalid_options',
      issues: [{ ...issues[0], path: 'extensions.prf.evalByCredential.AAAA.second' }],
      cause: expect.stringContaining('InvalidCharacterError'),
    },
  ]);
  expect(upstream).toEqual([]);
});

test('an error that a page makes with PasskeyError has every detail of its code, given or filled in', async ({
  page,
  visit,
}) => {
  await visit();
  const made = await page.evaluate(async () => {
    const { PasskeyError, isPasskeyError } = sdk;
    const refusal = { code: 60380, message: 'No', status: 400 };
    const errors = [
      new PasskeyError('rejected', 'a test'),
      new PasskeyError('rejected', 'a test', { rejection: refusal, cause: 'mine' }),
      new PasskeyError('not_signed_in', 'a test', {}),
      new PasskeyError('rate_limited', 'a test', { retryAfter: undefined }),
      new PasskeyError('rate_limited', 'a test', { retryAfter: 7 }),
      new PasskeyError('invalid_options', 'a test'),
      new PasskeyError('invalid_credential', 'a test'),
      new PasskeyError('cancelled', 'a test'),
    ];
    const isOurs = errors.every(
      (error) => error instanceof PasskeyError && error instanceof Error && isPasskeyError(error),
    );
    return { isOurs, ended: await Promise.all(errors.map((error) => outcome(Promise.reject(error)))) };
  });
  expect(made.isOurs).toBe(true);
  const detailsOf = ({ code: _, message: __, ...details }: Outcome) => details;
  expect(made.ended.map(detailsOf)).toEqual([
    { rejection: { code: 'rejected', message: '', status: 400 } },
    { rejection: { code: 60380, message: 'No', status: 400 }, cause: 'mine' },
    { rejection: { code: 'not_signed_in', message: '', status: 401 } },
    { retryAfter: 0 },
    { retryAfter: 7 },
    { issues: [] },
    { issues: [] },
    {},
  ]);
});
