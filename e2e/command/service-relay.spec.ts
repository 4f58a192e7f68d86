/** `service check --relay` asks a running relay to begin a sign-in, and reports what a browser would refuse. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { expect, test } from '@playwright/test';
import { findFreePort } from '../port.ts';
import { run } from '../run-command.ts';
import { encode } from '../software-authenticator.ts';
import { serviceSid, startWorld } from '../world.ts';
import { type CommandVerify, startVerify } from './start-verify.ts';

let verify: CommandVerify;
test.beforeAll(async () => {
  verify = await startVerify();
});
test.afterAll(() => verify.stop());

/** Checks a Service whose settings are correct for the page on localhost, and the relay at this address. */
async function check(relay: string, page: string, ...more: string[]) {
  const relyingParty = { id: 'localhost', name: 'Local', origins: [page] };
  const criteria = {
    authenticator_attachment: 'any',
    discoverable_credentials: 'required',
    user_verification: 'preferred',
  };
  const settings = { sid: serviceSid, friendlyName: 'Local', created: 0, updated: 0 };
  verify.storage.set(`service:${serviceSid}`, { ...settings, relyingParty, criteria });
  const args = ['service', 'check', '--json', '--relay', relay, '--origin', page, ...more];
  const { out, error, code } = await run(args, verify.variables);
  expect(error).toBe('');
  return { issues: JSON.parse(out), code };
}

test("service check --relay finds no issue in a working relay, on the page's origin or on another", async () => {
  const world = await startWorld();
  expect(await check(`${world.origin}/passkeys`, world.origin)).toEqual({ issues: [], code: 0 });
  expect(world.upstream).toMatchObject([{ path: expect.stringMatching(/Challenges$/), body: '{}' }]);
  const page = 'http://localhost:1';
  const apart = await startWorld({ relay: { origins: [page] } });
  expect(await check(`${apart.origin}/passkeys/`, page)).toEqual({ issues: [], code: 0 });
  await world.stop();
  await apart.stop();
});

test("service check --relay reports the relay's own refusals under their codes", async () => {
  const world = await startWorld({ relay: { authToken: 'wrong' } });
  const { issues, code } = await check(`${world.origin}/passkeys`, world.origin);
  expect(code).toBe(1);
  expect(issues).toMatchObject([
    { path: 'relay', code: 'misconfigured', fix: expect.stringContaining('secret') },
  ]);
  const foreign = await check(`${world.origin}/passkeys`, 'http://localhost:1');
  expect(foreign.issues).toMatchObject([
    {
      code: 'unreachable',
      message: expect.stringContaining('access-control-allow-origin: http://localhost:1'),
    },
    { code: 'forbidden_origin', fix: 'List "http://localhost:1" in the relay\'s origins.' },
  ]);
  await world.stop();
});

const challenge = encode(`YC${'5'.repeat(32)}`);
const cookie = 'passkeys-YC=x; Path=/; HttpOnly; SameSite=Strict';
const answer = (publicKey: object, setCookie = cookie) =>
  Response.json(
    { options: { publicKey } },
    { status: 201, headers: setCookie ? { 'set-cookie': setCookie } : {} },
  );

for (const [what, code, respond, words] of [
  [
    'an HTML page instead of the relay',
    'invalid_response',
    () => new Response('<h1>404</h1>', { status: 404 }),
    /without a code/,
  ],
  [
    'a redirect',
    'invalid_response',
    () => new Response(null, { status: 301, headers: { location: '/' } }),
    /answered 301/,
  ],
  [
    'an answer without options',
    'invalid_options',
    () => Response.json({ sid: 'YC' }),
    /without valid options/,
  ],
  [
    'a challenge that is not a SID',
    60380,
    () => answer({ challenge: 'AAAA', rpId: 'localhost' }),
    /not a Challenge SID/,
  ],
  [
    'the options of another Service',
    60382,
    () => answer({ challenge, rpId: 'example.com' }),
    /"example.com"/,
  ],
  ['no cookie', 'no_ceremony_cookie', () => answer({ challenge }, ''), /set no cookie/],
  [
    'a cookie that scripts can read',
    'no_ceremony_cookie',
    () => answer({ challenge }, 'passkeys-YC=x; Path=/; SameSite=None'),
    /lacks HttpOnly, SameSite=Strict/,
  ],
  [
    "one of Verify's error codes",
    60312,
    () => Response.json({ code: 60312, message: 'Limit', status: 429 }, { status: 429 }),
    /429: Limit/,
  ],
] as const) {
  test(`service check --relay reports ${what}: ${code}`, async () => {
    const server = serve({ fetch: respond, port: 0, hostname: 'localhost' }) as Server;
    await new Promise((resolve) => server.once('listening', resolve));
    const page = `http://localhost:${(server.address() as AddressInfo).port}`;
    const { issues, code: status } = await check(`${page}/passkeys`, page);
    await new Promise((resolve) => server.close(resolve));
    expect(status).toBe(1);
    expect(issues).toEqual([
      { path: 'relay', code, message: expect.stringMatching(words), fix: expect.any(String) },
    ]);
  });
}

test('service check --relay reports a relay that cannot be reached', async () => {
  const origin = `http://localhost:${await findFreePort()}`;
  const gone = await check(`${origin}/passkeys`, origin);
  expect(gone).toMatchObject({ issues: [{ code: 'unreachable' }], code: 1 });
  expect(gone.issues[0].message).toMatch(/ECONNREFUSED/);
});

test('service check --relay reports a relay on another site, and a cookie without the __Host- prefix', async () => {
  const page = 'https://login.example.com';
  const cors = {
    'access-control-allow-origin': page,
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': 'content-type',
  };
  const apart = await startVerify(({ host }, { method }) => {
    if (host !== 'api.example.org') return undefined;
    if (method === 'OPTIONS') return new Response(null, { status: 204, headers: cors });
    return Response.json(
      { options: { publicKey: { challenge } } },
      { headers: { ...cors, 'set-cookie': cookie } },
    );
  });
  const relay = 'https://api.example.org/passkeys';
  const args = ['service', 'check', '--json', '--user-name-first', '--origin', page, '--relay', relay];
  const { out } = await run(args, apart.variables);
  await apart.stop();
  expect(JSON.parse(out)).toMatchObject([
    { code: 'no_ceremony_cookie', message: expect.stringContaining('not on the same site') },
    {
      code: 'no_ceremony_cookie',
      message: expect.stringContaining('lacks Secure, a name that begins with __Host-'),
    },
  ]);
});
