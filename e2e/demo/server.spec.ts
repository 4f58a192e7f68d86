/** The demo server starts, or says in one line why it cannot. */
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from '@playwright/test';
import { runDemo, startDemoServer } from '../demo-server.ts';

const stops: (() => unknown)[] = [];
test.afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Starts the demo server and returns its address. */
async function start(): Promise<string> {
  const { url, stop } = await startDemoServer({ DEMO_DATA: test.info().outputPath('state.json') });
  stops.push(stop);
  return url;
}

/** Starts a server that cannot run, and returns its exit code and the lines that it printed. */
async function startAndFail(environment: Record<string, string>) {
  const server = runDemo({ PORT: '0', ...environment });
  stops.push(() => server.kill());
  let said = '';
  server.stderr!.on('data', (text) => {
    said += text;
  });
  const [code] = await once(server, 'close');
  return { code, lines: said.trim().split('\n') };
}

test('the demo server says in one line which variable of the account is missing or wrong', async () => {
  const account = { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'secret' };
  const key = { TWILIO_API_KEY: `SK${'1'.repeat(32)}`, TWILIO_API_KEY_SECRET: 'secret' };
  const said: [environment: Record<string, string>, line: RegExp][] = [
    [{ ...account, TWILIO_AUTH_TOKEN: '' }, /^TWILIO_AUTH_TOKEN is missing/],
    [{ ...key, TWILIO_API_KEY_SECRET: '' }, /^TWILIO_API_KEY_SECRET is missing/],
    [account, /^TWILIO_VERIFY_SERVICE_SID is missing/],
    [{ ...account, TWILIO_ACCOUNT_SID: 'AC1' }, /^TWILIO_ACCOUNT_SID must be AC and 32 hex digits\.$/],
    [{ ...account, TWILIO_AUTH_TOKEN: 'a b' }, /^TWILIO_AUTH_TOKEN must be ASCII without spaces\.$/],
    [{ ...key, TWILIO_API_KEY: 'SK1' }, /^TWILIO_API_KEY must be SK and 32 hex digits\.$/],
    [
      { ...key, TWILIO_VERIFY_SERVICE_SID: 'VA1' },
      /^TWILIO_VERIFY_SERVICE_SID must be VA and 32 hex digits\.$/,
    ],
  ];
  const ends = await Promise.all(
    said.map(([environment], i) =>
      startAndFail({ DEMO_DATA: test.info().outputPath(`${i}.json`), ...environment }),
    ),
  );
  expect(ends).toEqual(said.map(([, line]) => ({ code: 1, lines: [expect.stringMatching(line)] })));
});

test('the demo server reports an invalid port, a taken port and a broken data file in one line each', async () => {
  const broken = test.info().outputPath('broken.json');
  writeFileSync(broken, '{');
  for (const port of ['web', '']) {
    expect(await startAndFail({ PORT: port })).toEqual({
      code: 1,
      lines: [`PORT must be a number from 0 to 65535, and not "${port}".`],
    });
  }
  const { code, lines } = await startAndFail({ DEMO_DATA: broken });
  expect([code, lines]).toEqual([
    1,
    [`DEMO_DATA: expected ${broken} to hold the state of an earlier run: name another file, or remove it`],
  ]);
  const port = new URL(await start()).port;
  const second = await startAndFail({ PORT: port });
  expect([second.code, second.lines]).toEqual([1, [expect.stringMatching(/^Port \d+ is taken/)]]);
});

test('the session is a signed cookie that no script can read, and no page of another origin can start one', async () => {
  const url = await start();
  const signUp = (origin: string) =>
    fetch(`${url}/session`, { method: 'POST', headers: { origin }, body: JSON.stringify({ name: 'Ada' }) });
  const nameOf = async (sent: string) =>
    (await (await fetch(`${url}/session`, { headers: { cookie: sent } })).json()).name;
  expect((await signUp('https://example.com')).status).toBe(403);
  const [cookie = ''] = (await signUp(url)).headers.getSetCookie();
  expect(cookie).toContain('HttpOnly');
  expect(cookie).toContain('SameSite=Strict');
  const pair = cookie.split(';')[0]!;
  expect(await nameOf(pair)).toBe('Ada');
  const forged = pair.replace(/=./, (found) => (found === '=0' ? '=1' : '=0'));
  expect(await nameOf(forged)).toBeNull();
});

test('an invalid name starts no session, and no page of another origin can end one', async () => {
  const url = await start();
  const call = (method: string, body?: string, origin = url) =>
    fetch(`${url}/session`, { method, headers: { origin }, ...(body !== undefined && { body }) });
  for (const body of ['null', '7', '"Ada"', '[]', '{', '', '{"name":null}', '{"name":""}']) {
    const response = await call('POST', body);
    expect([body, response.status]).toEqual([body, 400]);
    expect(await response.json()).toMatchObject({ code: 'invalid_name' });
  }
  expect((await call('DELETE', undefined, 'https://example.com')).status).toBe(403);
  const response = await call('DELETE');
  expect(response.status).toBe(200);
  expect(response.headers.getSetCookie()[0]).toContain('Max-Age=0');
});

test('only its owner can read the state file, whatever the file was before, and no link is followed', async () => {
  const file = test.info().outputPath('state.json');
  const victim = test.info().outputPath('victim.json');
  writeFileSync(victim, '{"kept":true}');
  writeFileSync(file, '{}', { mode: 0o666 });
  chmodSync(file, 0o666);
  symlinkSync(victim, `${file}.new`);
  await start();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(victim, 'utf8')).toBe('{"kept":true}');
  // The server leaves no temporary file behind. It holds the lock as long as it runs.
  expect(readdirSync(test.info().outputPath()).sort()).toEqual([
    'state.json',
    'state.json.lock',
    'state.json.new',
    'victim.json',
  ]);

  const link = test.info().outputPath('link.json');
  symlinkSync(victim, link);
  expect(await startAndFail({ DEMO_DATA: link })).toEqual({
    code: 1,
    lines: [`DEMO_DATA: ${link} is a symbolic link, which is not followed: name another file`],
  });
  expect(readFileSync(victim, 'utf8')).toBe('{"kept":true}');
  expect(existsSync(`${link}.new`)).toBe(false);
  // One demo at a time: two would overwrite each other's passkeys.
  expect(await startAndFail({ DEMO_DATA: file })).toEqual({
    code: 1,
    lines: [expect.stringMatching(/^DEMO_DATA: \S+state\.json is in use by process \d+: stop that one/)],
  });
});
