/** Faults of the account, its key or its Service are told to the operator, and never blamed on the user's passkey. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { expect, test } from '@playwright/test';
import type { Refused } from 'verify-passkeys/relay';
import { accountFaults } from '#account-fault';
import { callServices } from '#service/verify';
import { createAuthenticator } from '../software-authenticator.ts';
import { serviceSid } from '../world.ts';
import { ada, openBrowser, setUp } from './stage.ts';

/** Each number, and what `service check` says to do about it. */
const numbers: Record<number, RegExp> = {
  10001: /not active/,
  10002: /trial/,
  20003: /Check the SID and secret/,
  20005: /not active/,
  20006: /may not do this/,
  20008: /test credentials/,
  20403: /suspended or restricted/,
  20404: /TWILIO_VERIFY_SERVICE_SID/,
  60204: /private beta/,
  60361: /TWILIO_ACCOUNT_SID/,
  60363: /TWILIO_VERIFY_SERVICE_SID/,
  60370: /service update/,
  60371: /service update/,
  60372: /service update/,
  60393: /service update/,
  60432: /service update/,
  70051: /read permission for Verify Services.*write permission.*Passkeys, Entities and Factors/,
  90010: /not active/,
  575001: /suspended, or on trial/,
};

/** What Verify answers, what the operator must read of it, and what `service check` says to do. */
type Fault = { status: number; body: string; words: string; code: number | 'misconfigured'; fix: RegExp };

const statuses = [400, 401, 403, 404, 429, 503];

const faults: Fault[] = [
  ...Object.entries(numbers).flatMap(([code, fix]) =>
    statuses.map((status) => ({
      status,
      body: JSON.stringify({ code: Number(code), message: `Words of ${code}`, status, more_info: null }),
      words: `${code} Words of ${code}`,
      code: Number(code),
      fix,
    })),
  ),
  ...[401, 403].flatMap((status) => {
    const fix = status === 401 ? /Check the SID and secret/ : /suspended or restricted/;
    const unknown = JSON.stringify({ code: 29999, message: 'New words', status });
    return [
      { status, body: unknown, words: '29999 New words', code: 29999, fix },
      { status, body: '<h1>No</h1>', words: `HTTP ${status}`, code: 'misconfigured' as const, fix },
    ];
  }),
];

const answerWith = ({ status, body }: Fault) =>
  new Response(body, { status, headers: { 'twilio-request-id': 'RQ1', 'content-type': 'application/json' } });

test('the relay answers each fault of the account as misconfigured, and tells the operator what Twilio said', async () => {
  expect(Object.keys(accountFaults)).toEqual(Object.keys(numbers));
  const told: Refused[] = [];
  let fault: Fault | undefined;
  const stage = setUp({
    relay: {
      onRefused: (refused) => {
        told.push(refused);
      },
    },
    verify: async (_, answer) => (fault ? answerWith(fault) : answer()),
  });
  const passkey = await openBrowser(stage, ada).register();
  const unborn = await createAuthenticator();
  const kept = JSON.stringify([...stage.storage].filter(([key]) => !/:(?:newest|known):/.test(key)));
  for (const [i, each] of faults.entries()) {
    // Verify takes only so many Factors of a user in a day: each number once, with another status each time.
    const isRegisteredToo = i % statuses.length === Math.floor(i / statuses.length) % statuses.length;
    for (const finish of ['ApproveChallenge', ...(isRegisteredToo ? ['VerifyFactor'] : [])]) {
      const what = `${finish}: ${each.status} ${each.body}`;
      fault = undefined;
      // Each has a browser of its own, without the cookies of the ceremonies before.
      const browser = openBrowser(stage, ada);
      const isNew = finish === 'VerifyFactor';
      const { challenge } = await browser.begin(isNew ? 'Factors' : 'Challenges');
      const credential = isNew ? unborn.register(challenge) : await passkey.sign(challenge);
      fault = each;
      const calls = stage.upstream.length;
      const { status, body } = await browser.post(finish, credential);
      expect({ status, code: body.code, calls: stage.upstream.length - calls }, what).toEqual({
        status: 502,
        code: 'misconfigured',
        calls: 1,
      });
      expect(JSON.stringify(body), what).not.toMatch(/Words|words|RQ1/);
      expect(told, what).toEqual([
        {
          code: 'misconfigured',
          status: 502,
          message: expect.stringContaining(each.words),
          requestId: 'RQ1',
        },
      ]);
      told.length = 0;
    }
  }
  expect(JSON.stringify([...stage.storage].filter(([key]) => !/:(?:newest|known):/.test(key)))).toBe(kept);
  expect(stage.approvals).toEqual([]);
});

test("Verify's own numbers about a passkey are no faults of the account, with 403 too", async () => {
  for (const code of [60311, 60313, 60318, 60324, 60382]) {
    const stage = setUp({
      verify: async () => Response.json({ code, message: 'No', status: 403 }, { status: 403 }),
    });
    const { body } = await openBrowser(stage).post('Challenges', {});
    expect(body).toMatchObject({ code, status: 403 });
  }
});

test('service check says what to do about each fault of the account', async () => {
  let fault = faults[0]!;
  const server = serve({ fetch: () => answerWith(fault), port: 0, hostname: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const account = { basic: '', address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  try {
    for (fault of faults) {
      const result = await callServices(account, `/${serviceSid}`);
      expect(result, `${fault.status} ${fault.body}`).toEqual({
        issue: {
          path: 'service',
          code: fault.code,
          message: expect.stringMatching(/^Verify (says: \w+ |answered 40[13] without one of its codes\.$)/),
          fix: expect.stringMatching(fault.fix),
        },
      });
    }
  } finally {
    server.close();
  }
});
