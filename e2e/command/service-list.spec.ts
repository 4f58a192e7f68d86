/** `service list` prints the account's Services from every page, and whether each is set up for passkeys. */
import { expect, test } from '@playwright/test';
import { relyingParty } from '../play-verify.ts';
import { run, runAlone } from '../run-command.ts';
import { serviceSid } from '../world.ts';
import { startEmulate } from './emulate.ts';
import { startVerify } from './start-verify.ts';

const sidOf = (i: number) => `VA${String(i).padStart(32, '0')}`;
const hostile = 'Shop\u001b[2J\nVA forged';

test('service list prints every Service of the account with name, SID, relying party and origins', async () => {
  const verify = await startVerify();
  const sids = Array.from({ length: 119 }, (_, i) => sidOf(i));
  verify.storage.set('services', sids);
  const made = { created: 0, updated: 0, criteria: {} };
  for (const sid of sids)
    verify.storage.set(`service:${sid}`, { ...made, sid, friendlyName: hostile, relyingParty: null });
  // A process of its own shows that the command ends by itself.
  const { out, error, code } = await runAlone(['service', 'list'], verify.variables);
  expect({ error, code }).toEqual({ error: '', code: 0 });
  expect(verify.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(
    Array(2).fill('GET /v2/Services'),
  );
  expect(out).toContain(
    `${serviceSid}  Example\n  passkeys: set up\n  relying party id: example.com\n  origins: https://login.example.com\n`,
  );
  expect(out.match(/^VA\w{32} {2}/gm)).toHaveLength(120);
  expect(out).toContain(`${sidOf(118)}  Shop\\u001b[2J\\u000aVA forged\n  passkeys: not set up\n`);
  expect(out).toMatch(/\n {2}npx verify-passkeys service check --origin https:\/\/login\.example\.com\n$/);
  const json = JSON.parse((await run(['service', 'list', '--json'], verify.variables)).out);
  expect(json).toHaveLength(120);
  expect(json[0]).toEqual({
    sid: serviceSid,
    name: 'Example',
    passkeys: true,
    rpId: 'example.com',
    origins: relyingParty.origins,
  });
  expect(json[1]).toEqual({ sid: sidOf(0), name: hostile, passkeys: false, rpId: null, origins: [] });
  await verify.stop();
});

test('service list asks an emulator that --base names, which lists the Services that were created there', async () => {
  const emulate = await startEmulate('--rp-id', 'localhost', '--origin', 'http://localhost:3000');
  const { VERIFY_BASE: base = '', ...account } = emulate.variables;
  const create = ['service', 'create', '--name', 'Shop', '--rp-id', 'example.com'];
  await run([...create, '--origin', 'https://example.com', '--yes', '--base', base], account);
  const { out, code } = await run(['service', 'list', '--json', '--base', base], account);
  expect(JSON.parse(out)).toMatchObject([{ rpId: 'localhost' }, { name: 'Shop', rpId: 'example.com' }]);
  expect(code).toBe(0);
  await emulate.stop();
});

/** The first page of a list, and where the next one is said to be. */
const firstPage = (next_page_url: unknown) =>
  Response.json({ services: [{ sid: serviceSid, friendly_name: 'A' }], meta: { next_page_url } });
const second = 'https://verify.twilio.com/v2/Services?PageSize=100&Page=1&PageToken=PAVA1';
const refusal = (code: number, status: number) =>
  Response.json({ code, message: 'No', more_info: '', status }, { status });

test('service list says in one sentence why it has no list, and prints no part of one', async () => {
  let answer: () => Response = () => firstPage(second);
  const elsewhere: string[] = [];
  const verify = await startVerify((url) => {
    if (url.host !== 'verify.twilio.com') elsewhere.push(url.href);
    return answer();
  });
  const afterFirst = (then: () => Response) => () => (verify.calls.length > 1 ? then() : firstPage(second));
  type Row = [what: string, answer: () => Response, variables: object, sentence: RegExp, code: number];
  const rows: Row[] = [
    ['no account', () => firstPage(null), { TWILIO_ACCOUNT_SID: '' }, /set TWILIO_ACCOUNT_SID/, 2],
    ['a wrong key', () => refusal(20003, 401), {}, /20003: Verify says: No Check the SID/, 1],
    ['a key without the permission', () => refusal(70051, 403), {}, /70051: .*permission/, 1],
    [
      'no Service',
      () => Response.json({ services: [], meta: {} }),
      {},
      /has no Verify Service\. Make one/,
      1,
    ],
    ['an answer that is no list', () => Response.json({}), {}, /200 with something other than a list/, 2],
    [
      'Verify down half way, with HTML',
      afterFirst(() => new Response('<h1>Bad gateway</h1>', { status: 502 })),
      {},
      /answered 502 without one of its codes, after 1 Services: the list is not whole/,
      2,
    ],
    ['Verify down half way', afterFirst(() => refusal(20503, 503)), {}, /20503: .*Try again later/, 1],
    ['a limit half way', afterFirst(() => refusal(20429, 429)), {}, /20429: .*Too many requests/, 1],
    ['a list that never ends', () => firstPage(second), {}, /more than 100 pages/, 2],
    ...[
      'https://evil.example/v2/Services?Page=1',
      'https://verify.twilio.com@evil.example/v2/Services',
      7,
    ].map(
      (next) =>
        [`the next page ${next}`, () => firstPage(next), {}, /next page|other than a list/, 2] satisfies Row,
    ),
  ];
  for (const [what, give, variables, sentence, code] of rows) {
    answer = give;
    verify.calls.length = 0;
    const ran = await run(['service', 'list'], { ...verify.variables, ...variables });
    expect({ out: ran.out, code: ran.code }, what).toEqual({ out: '', code });
    expect(ran.error.split('\n')[0], what).toMatch(sentence);
    if (what !== 'no account') expect(ran.error, what).toMatch(/^verify-passkeys: .+\n$/);
  }
  expect(elsewhere).toEqual([]);
  await verify.stop();
});
