/** `service check` reports each setting of a Service that makes a page's ceremonies fail, with Verify's code for it. */
import { expect, test } from '@playwright/test';
import { playVerify, relyingParty } from '../play-verify.ts';
import { findFreePort } from '../port.ts';
import { run } from '../run-command.ts';
import { createAuthenticator, flag, type Wish } from '../software-authenticator.ts';
import { spoils, spoilText } from '../unneeded.ts';
import { authToken, serviceSid } from '../world.ts';
import { type CommandVerify, startVerify } from './start-verify.ts';

const page = 'https://login.example.com';
const criteria = {
  authenticator_attachment: 'any',
  discoverable_credentials: 'required',
  user_verification: 'preferred',
};

type Broken = {
  /** The relying party or criteria of this Service, if they differ from correct ones. */
  relyingParty?: object | null;
  criteria?: object;
  /** The origin of the page, if it is not `page`. */
  page?: string;
  code: number | string;
  path: string;
  fix: RegExp;
  /** How the credential differs from one that the user confirmed in a prompt. */
  wish?: Wish;
};

const party = 'passkeys.relying_party';
const origins = (...list: string[]) => ({ ...relyingParty, origins: list });

const broken: Record<string, Broken> = {
  'no passkeys settings': {
    relyingParty: null,
    criteria: {},
    code: 60371,
    path: 'passkeys',
    fix: /private beta/,
  },
  'no relying party': { relyingParty: null, code: 60371, path: `${party}.id`, fix: /--rp-id/ },
  'no relying party id': {
    relyingParty: { ...relyingParty, id: '' },
    code: 60371,
    path: `${party}.id`,
    fix: /--rp-id/,
  },
  'no relying party name': {
    relyingParty: { ...relyingParty, name: '' },
    code: 60371,
    path: `${party}.name`,
    fix: /service update$/,
  },
  'no origins': { relyingParty: origins(), code: 60371, path: `${party}.origins`, fix: /--origin/ },
  'an id with a scheme': {
    relyingParty: { ...relyingParty, id: 'https://example.com' },
    code: 60372,
    path: `${party}.id`,
    fix: /Use example\.com/,
  },
  'an id with a port': {
    relyingParty: { ...relyingParty, id: 'example.com:443' },
    code: 60372,
    path: `${party}.id`,
    fix: /Use example\.com/,
  },
  'an id with a path': {
    relyingParty: { ...relyingParty, id: 'example.com/login' },
    code: 60372,
    path: `${party}.id`,
    fix: /Use example\.com/,
  },
  'an id that is not a domain': {
    relyingParty: { ...relyingParty, id: 'example com' },
    code: 60372,
    path: `${party}.id`,
    fix: /--rp-id/,
  },
  'an id in upper case': {
    relyingParty: { ...relyingParty, id: 'Example.com' },
    code: 'wrong_relying_party',
    path: `${party}.id`,
    fix: /Use example\.com/,
  },
  'an id that is an IP address': {
    relyingParty: { ...relyingParty, id: '127.0.0.1' },
    code: 'wrong_relying_party',
    path: `${party}.id`,
    fix: /domain name/,
  },
  'an id of one label': {
    relyingParty: { ...relyingParty, id: 'com' },
    code: 'wrong_relying_party',
    path: `${party}.id`,
    fix: /registered/,
  },
  'an id of another domain': {
    relyingParty: { ...relyingParty, id: 'example.org' },
    code: 'wrong_relying_party',
    path: `${party}.id`,
    fix: /\.well-known|serve \{"origins"/,
  },
  'the id of a sibling domain': {
    relyingParty: { ...relyingParty, id: 'app.example.com' },
    code: 'wrong_relying_party',
    path: `${party}.id`,
    fix: /parent/,
  },
  'another origin': {
    relyingParty: origins('https://www.example.com'),
    code: 60380,
    path: `${party}.origins`,
    fix: /--origin https:\/\/www\.example\.com --origin https:\/\/login\.example\.com$/,
  },
  'the origin with http': {
    relyingParty: origins('http://login.example.com'),
    code: 60380,
    path: `${party}.origins`,
    fix: /--origin https:\/\/login\.example\.com$/,
  },
  'the origin with another port': {
    relyingParty: origins(`${page}:8443`),
    code: 60380,
    path: `${party}.origins`,
    fix: /--origin/,
  },
  'the origin with its own port': {
    relyingParty: origins(`${page}:443`),
    code: 60380,
    path: `${party}.origins`,
    fix: /update --origin https:\/\/login\.example\.com$/,
  },
  'the origin with a slash': {
    relyingParty: origins(`${page}/`),
    code: 60380,
    path: `${party}.origins`,
    fix: /update --origin https:\/\/login\.example\.com$/,
  },
  'the origin in upper case': {
    relyingParty: origins('https://Login.Example.com'),
    code: 60380,
    path: `${party}.origins`,
    fix: /update --origin https:\/\/login\.example\.com$/,
  },
  'the origin without a scheme': {
    relyingParty: origins('login.example.com'),
    code: 60380,
    path: `${party}.origins`,
    fix: /update --origin https:\/\/login\.example\.com$/,
  },
  'a wildcard instead of the origin': {
    relyingParty: origins('https://*.example.com'),
    code: 60380,
    path: `${party}.origins`,
    fix: /--origin/,
  },
  "an app's origin with a hash in hex": {
    relyingParty: origins(page, `android:apk-key-hash:${'ab'.repeat(32)}`),
    page: `android:apk-key-hash:${'q6ur'.repeat(10)}q6s`,
    code: 60380,
    path: `${party}.origins`,
    fix: /Correct it/,
  },
  'no criteria': { criteria: {}, code: 60393, path: 'passkeys.authenticator_attachment', fix: /update/ },
  'no user verification': {
    criteria: { ...criteria, user_verification: null },
    code: 60393,
    path: 'passkeys.user_verification',
    fix: /update/,
  },
  'an empty attachment, as the published example has': {
    criteria: { ...criteria, authenticator_attachment: '' },
    code: 60393,
    path: 'passkeys.authenticator_attachment',
    fix: /update/,
  },
  'an unknown attachment': {
    criteria: { ...criteria, authenticator_attachment: 'usb' },
    code: 60370,
    path: 'passkeys.authenticator_attachment',
    fix: /any/,
  },
  '"any" for discoverable credentials': {
    criteria: { ...criteria, discoverable_credentials: 'any' },
    code: 60370,
    path: 'passkeys.discoverable_credentials',
    fix: /required/,
  },
  'user verification that a silent upgrade cannot give': {
    criteria: { ...criteria, user_verification: 'required' },
    code: 60311,
    path: 'passkeys.user_verification',
    fix: /preferred/,
    wish: { flags: flag.attested },
  },
  'a page that is http': {
    relyingParty: origins('http://login.example.com'),
    page: 'http://login.example.com',
    code: 'insecure_context',
    path: 'origin',
    fix: /https/,
  },
  'a page on an IP address': {
    relyingParty: origins('https://192.0.2.1'),
    page: 'https://192.0.2.1',
    code: 'wrong_relying_party',
    path: 'origin',
    fix: /domain name/,
  },
};

let verify: CommandVerify;
test.beforeAll(async () => {
  verify = await startVerify((url) =>
    url.href === 'https://example.net/.well-known/webauthn' ? Response.json({ origins: [page] }) : undefined,
  );
});
test.afterAll(() => verify.stop());

/** Puts a Service, broken or not, straight into the emulator's storage, and returns its SID. */
function store(storage: Map<string, unknown>, service: Pick<Broken, 'relyingParty' | 'criteria'>): string {
  const sid = `VA${crypto.randomUUID().replace(/-/g, '')}`;
  const { relyingParty: own = relyingParty, criteria: words = criteria } = service;
  const settings = { sid, friendlyName: 'Example', created: 0, updated: 0 };
  storage.set(`service:${sid}`, { ...settings, relyingParty: own, criteria: words });
  return sid;
}

const check = (sid: string, args: string[]) =>
  run(['service', 'check', ...args], { ...verify.variables, TWILIO_VERIFY_SERVICE_SID: sid });

/** The code with which Verify refuses a registration on the page; undefined if it succeeds. */
async function register(service: Broken): Promise<number | undefined> {
  const storage = new Map<string, unknown>();
  const played = playVerify({ storage });
  const path = `/../${store(storage, service)}/Passkeys`;
  const factor = await played.post(`${path}/Factors`, { identity: 'somebody', friendly_name: 'Laptop' });
  if (factor.status !== 201) return factor.body.code;
  const { challenge, rp } = factor.body.options.publicKey;
  const wish = { origin: service.page ?? page, rpId: rp.id, ...service.wish };
  return (await played.post(`${path}/VerifyFactor`, (await createAuthenticator()).register(challenge, wish)))
    .body.code;
}

for (const [what, service] of Object.entries(broken)) {
  test(`service check reports ${what}: ${service.code}`, async () => {
    const { out, error, code } = await check(store(verify.storage, service), [
      '--json',
      '--origin',
      service.page ?? page,
    ]);
    expect({ error, code }).toEqual({ error: '', code: 1 });
    const issues = JSON.parse(out);
    const fix = expect.stringMatching(service.fix);
    expect(issues).toContainEqual({
      path: service.path,
      code: service.code,
      message: expect.any(String),
      fix,
    });
    // If the code is a number, Verify refuses the registration. If it is a word, the browser does not even begin.
    const codes = issues.map((issue: { code: unknown }) => issue.code);
    if (typeof service.code === 'number') expect(codes).toContain(await register(service));
  });
}

test('service check finds no issue in a correct Service, and says what an identity means', async () => {
  const { out, error, code } = await check(store(verify.storage, {}), ['--origin', page]);
  expect({ error, code }).toEqual({ error: '', code: 0 });
  expect(out).toMatch(/^Fit for https:\/\/login\.example\.com\.\n\nAn identity means one person/);
  expect(await check(store(verify.storage, {}), ['--origin', page, '--json'])).toMatchObject({
    out: '[]\n',
    code: 0,
  });
});

test('service check accepts a page on another domain that the relying party lists, an app, and localhost', async () => {
  const app = `android:apk-key-hash:${'q6ur'.repeat(10)}q6s`;
  const related = store(verify.storage, {
    relyingParty: { id: 'example.net', name: 'Net', origins: [page, app] },
  });
  expect(await check(related, ['--origin', page, '--origin', app])).toMatchObject({ code: 0 });
  const local = { id: 'localhost', name: 'Local', origins: ['http://localhost:3000'] };
  const sid = store(verify.storage, { relyingParty: local });
  expect(await check(sid, ['--origin', 'http://localhost:3000'])).toMatchObject({ code: 0 });
});

test('service check prints code, path, message and fix, and escapes terminal control characters', async () => {
  const hostile = 'https://\u001b[2Jexample.com\n60380 forged\u202e';
  const sid = store(verify.storage, { relyingParty: { ...relyingParty, id: hostile } });
  const { out, code } = await check(sid, ['--origin', page]);
  expect(code).toBe(1);
  expect(out).toMatch(/^60372 passkeys\.relying_party\.id\n {2}The relying party id "https:\/\/\\u001b\[2J/);
  expect(out).toContain('\\u000a60380 forged\\u202e');
  for (const raw of ['\u001b', '\u202e', '\n60380 forged']) expect(out).not.toContain(raw);
});

test('service check reports an account that Verify refuses, and a Service that does not exist', async () => {
  const wrong = await run(['service', 'check', '--origin', page, '--json'], {
    ...verify.variables,
    TWILIO_AUTH_TOKEN: 'another secret',
  });
  expect(wrong).toMatchObject({ error: '', code: 1 });
  expect(JSON.parse(wrong.out)).toMatchObject([{ code: 20003, fix: expect.stringContaining('secret') }]);
  const missing = await check(`VA${'9'.repeat(32)}`, ['--origin', page, '--json']);
  expect(missing.code).toBe(1);
  expect(JSON.parse(missing.out)).toMatchObject([{ code: 20404 }]);
});

test('an API key is taken from the environment, and no secret is ever printed', async () => {
  const variables = {
    ...verify.variables,
    TWILIO_API_KEY: `SK${'7'.repeat(32)}`,
    TWILIO_API_KEY_SECRET: 'key-secret',
  };
  const { out, error, code } = await run(['service', 'check', '--origin', page], variables);
  expect(code).toBe(1);
  expect(out).toMatch(/^20003 /);
  expect(out + error).not.toContain('key-secret');
  expect(out + error).not.toContain(authToken);
});

for (const [what, args, variables, message] of [
  ['no action', [], {}, /expected "list", "check", .+, got nothing/],
  ['an unknown action', ['delete'], {}, /got "delete"/],
  ['no origin', ['check'], {}, /expected --origin/],
  ['an origin with a slash', ['check', '--origin', `${page}/`], {}, /has a slash at the end/],
  ['an origin without a scheme', ['check', '--origin', 'login'], {}, /has no scheme/],
  ['a relay that is not a URL', ['check', '--origin', page, '--relay', '/passkeys'], {}, /expected --relay/],
  [
    'a secret among the arguments',
    ['check', '--origin', page, '--token', 'x'],
    {},
    /Unknown option '--token'/,
  ],
  [
    'no account',
    ['check', '--origin', page],
    { TWILIO_ACCOUNT_SID: '' },
    /set TWILIO_ACCOUNT_SID in the environment/,
  ],
  ['no token', ['check', '--origin', page], { TWILIO_AUTH_TOKEN: '' }, /set TWILIO_AUTH_TOKEN/],
  [
    'a key without its secret',
    ['check', '--origin', page],
    { TWILIO_API_KEY: 'SK1' },
    /set TWILIO_API_KEY_SECRET/,
  ],
  [
    'a malformed account SID',
    ['check', '--origin', page],
    { TWILIO_ACCOUNT_SID: 'AC1' },
    /to be AC and 32 hex/,
  ],
  [
    'no Service',
    ['check', '--origin', page],
    { TWILIO_VERIFY_SERVICE_SID: '' },
    /set TWILIO_VERIFY_SERVICE_SID/,
  ],
  [
    'a malformed Service SID',
    ['check', '--origin', page],
    { TWILIO_VERIFY_SERVICE_SID: '../x' },
    /VA and 32/,
  ],
  ['no name', ['create', '--rp-id', 'example.com', '--origin', page], {}, /expected --name/],
  [
    'a name of 33 characters',
    ['create', '--name', 'a'.repeat(33), '--rp-id', 'example.com', '--origin', page],
    {},
    /1 to 32/,
  ],
  [
    'an id with a scheme',
    ['create', '--name', 'A', '--rp-id', page, '--origin', page],
    {},
    /has a scheme.*Use login\.example\.com/,
  ],
  [
    'an origin over http',
    ['create', '--name', 'A', '--rp-id', 'example.com', '--origin', 'http://example.com'],
    {},
    /http and not on localhost/,
  ],
] as const) {
  test(`service exits with 2, says what it expects and sends nothing when it is given ${what}`, async () => {
    const before = verify.calls.length;
    const { out, error, code } = await run(['service', ...args], { ...verify.variables, ...variables });
    expect({ out, code }).toEqual({ out: '', code: 2 });
    const [line, , rest] = error.split('\n');
    expect(line).toMatch(message);
    expect(rest).toMatch(/^Usage: verify-passkeys service list/);
    expect(verify.calls.length).toBe(before);
  });
}

for (const [what, answer, message] of [
  [
    'is not JSON',
    () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
    /answered 502 without one of its codes/,
  ],
  [
    'is not a Service',
    () => Response.json({ sid: serviceSid, passkeys: 'yes' }),
    /answered 200 with something other than a Service/,
  ],
  ['is a redirect', () => Response.redirect('https://evil.example/', 302), /answered 302 without/],
] as const) {
  test(`service check exits with 2 and reports in one line that Verify's answer ${what}`, async () => {
    const odd = await startVerify(answer);
    const { out, error, code } = await run(['service', 'check', '--origin', page], odd.variables);
    await odd.stop();
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(error).toMatch(message);
    expect(error).toMatch(/^verify-passkeys: .+\n$/);
    expect(odd.calls).toHaveLength(1);
  });
}

test('service check exits with 2 and reports in one line that Verify cannot be reached', async () => {
  const variables = { ...verify.variables, CALLS_TO: `http://localhost:${await findFreePort()}` };
  const { out, error, code } = await run(['service', 'check', '--origin', page], variables);
  expect({ out, code }).toEqual({ out: '', code: 2 });
  expect(error).toBe('verify-passkeys: verify.twilio.com could not be reached (ECONNREFUSED)\n');
});

test('service check names criteria that let a passkey be made that cannot sign in, unless user names come first', async () => {
  for (const value of ['preferred', 'discouraged']) {
    verify.storage.set(`service:${serviceSid}`, {
      sid: serviceSid,
      friendlyName: 'Example',
      created: 0,
      updated: 0,
      relyingParty,
      criteria: { ...criteria, discoverable_credentials: value },
    });
    const { out, code } = await run(['service', 'check', '--origin', page], verify.variables);
    expect(code).toBe(1);
    expect(out).toContain(`discoverable_credentials is "${value}"`);
    const first = ['service', 'check', '--origin', page, '--user-name-first'];
    expect(await run(first, verify.variables)).toMatchObject({ code: 0 });
  }
});

test('service check is clean whatever Verify says in members that it does not need, and takes origins as text', async () => {
  const service = (listed: unknown) => ({
    sid: serviceSid,
    friendly_name: 'Example',
    code_length: 6,
    links: {},
    url: 'https://verify.twilio.com',
    passkeys: { relying_party: { ...relyingParty, origins: listed }, ...criteria },
  });
  let body = '';
  const odd = await startVerify(() => new Response(body));
  for (const [what, value] of spoils) {
    body = spoilText(JSON.stringify(service([page])), value);
    const { out, error, code } = await run(['service', 'check', '--origin', page], odd.variables);
    expect({ error, code }, `${what}: ${out}`).toEqual({ error: '', code: 0 });
  }
  body = JSON.stringify(service(`https://www.example.com, ${page}`));
  expect(await run(['service', 'check', '--origin', page], odd.variables)).toMatchObject({ code: 0 });
  body = JSON.stringify(service({ 0: page }));
  const { out, error } = await run(['service', 'check', '--origin', page], odd.variables);
  expect({ out, error }).toEqual({ out: expect.stringContaining('has no origins'), error: '' });
  await odd.stop();
});

test("service check keeps the number of Verify's refusal whatever else the refusal's answer says", async () => {
  let body = '';
  const odd = await startVerify(() => new Response(body, { status: 403 }));
  for (const [what, value] of spoils) {
    body = spoilText('{"code":70051,"message":"No","more_info":"x","status":403}', value, 'status');
    const { out, code } = await run(['service', 'check', '--origin', page], odd.variables);
    expect({ out, code }, what).toEqual({ out: expect.stringMatching(/^70051 service/), code: 1 });
  }
  await odd.stop();
});
