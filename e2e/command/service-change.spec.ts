/** `service create` and `service update` set up a Service for passkeys, and change nothing without confirmation. */
import { expect, test } from '@playwright/test';
import { playVerify, relyingParty } from '../play-verify.ts';
import { run } from '../run-command.ts';
import { authToken, serviceSid } from '../world.ts';
import { type CommandVerify, startVerify } from './start-verify.ts';

const page = 'https://login.example.com';
const create = ['service', 'create', '--name', 'Example', '--rp-id', 'example.com', '--origin', page];
const other = 'https://www.example.com';

let verify: CommandVerify;
test.beforeEach(async () => {
  verify = await startVerify();
});
test.afterEach(() => verify.stop());

const posts = () => verify.calls.filter(({ method }) => method === 'POST');

test('service create makes a Service that passes the check, and prints what to set and do next', async () => {
  const { out, error, code } = await run([...create, '--origin', other, '--yes'], verify.variables);
  expect({ error, code }).toEqual({ error: '', code: 0 });
  const [sid] = out.match(/VA[0-9a-f]{32}/) ?? [];
  expect(out).toContain(`Created ${sid}.`);
  expect(out).toContain(`\n  TWILIO_VERIFY_SERVICE_SID=${sid}\n`);
  expect(out).not.toContain(authToken);
  expect(verify.calls).toEqual([
    {
      method: 'POST',
      path: '/v2/Services',
      form: {
        FriendlyName: 'Example',
        'Passkeys.RelyingParty.Id': 'example.com',
        'Passkeys.RelyingParty.Name': 'Example',
        'Passkeys.RelyingParty.Origins': `${page},${other}`,
        'Passkeys.AuthenticatorAttachment': 'any',
        'Passkeys.DiscoverableCredentials': 'required',
        'Passkeys.UserVerification': 'preferred',
      },
    },
  ]);
  // The last line is the command to run next.
  const [, next = ''] = out.match(/npx verify-passkeys (service check .*)\n$/) ?? [];
  const checked = await run(next.split(' '), { ...verify.variables, TWILIO_VERIFY_SERVICE_SID: `${sid}` });
  expect(checked).toMatchObject({ out: expect.stringMatching(/^Fit for /), code: 0 });
});

for (const [what, input, made] of [
  ['the answer y', 'y\n', 1],
  ['the answer YES', 'YES\n', 1],
  ['the answer n', 'n\n', 0],
  ['an empty line', '\n', 0],
  ['any other answer', 'yesterday\n', 0],
  ['the end of the input', '', 0],
] as const) {
  test(`service create asks first, and ${made ? 'creates the Service' : 'changes nothing'} after ${what}`, async () => {
    const { out, error, code } = await run(create, verify.variables, input);
    expect(error).toContain('Create it? [y/N]');
    expect(code).toBe(made ? 0 : 1);
    expect(out).toMatch(made ? /Created VA/ : /Nothing was changed\.\n$/);
    expect(posts()).toHaveLength(made);
  });
}

test('service update shows the changes, makes them after the answer y, and leaves the other settings', async () => {
  const args = ['service', 'update', '--origin', page, '--origin', other];
  const { out, code } = await run(args, verify.variables, 'y\n');
  expect(code).toBe(0);
  expect(out).toContain(
    `Changes to ${serviceSid}:\n  origins: ${page}, ${other} (now: ${page})\nChanged ${serviceSid}.`,
  );
  const { body } = await playVerify({ storage: verify.storage }).call('');
  expect(body.passkeys).toEqual({
    relying_party: { ...relyingParty, origins: [page, other] },
    authenticator_attachment: 'platform',
    discoverable_credentials: 'preferred',
    user_verification: 'preferred',
  });
});

test('service update adds what a Service lacks, and warns that a new id breaks every passkey', async () => {
  const bare = { sid: serviceSid, friendlyName: 'Bare', created: 0, updated: 0, criteria: {} };
  verify.storage.set(`service:${serviceSid}`, { ...bare, relyingParty: null });
  const short = await run(['service', 'update', '--origin', page, '--yes'], verify.variables);
  expect(short).toMatchObject({
    code: 2,
    error: expect.stringMatching(/^verify-passkeys: expected --rp-id/),
  });
  const set = ['service', 'update', '--origin', page, '--rp-id', 'example.com', '--yes'];
  const { out, code } = await run(set, verify.variables);
  expect(code).toBe(0);
  expect(out).toContain('user_verification: preferred (now: none)');
  expect(out).not.toContain('stops working');
  const moved = await run(['service', 'update', '--rp-id', 'login.example.com', '--yes'], verify.variables);
  expect(moved.out).toContain('Every passkey that was made for example.com stops working.');
  expect(posts()).toHaveLength(2);
});

test('service update sends nothing when the Service has these settings already', async () => {
  const { out, code } = await run(['service', 'update', '--origin', page], verify.variables);
  expect({ out, code }).toEqual({
    out: `${serviceSid} already has these settings. Nothing was changed.\n`,
    code: 0,
  });
  expect(posts()).toEqual([]);
});

for (const action of [create, ['service', 'update', '--name', 'Other']]) {
  test(`service ${action[1]} prints a refusal by Verify in one line, and exits with 1`, async () => {
    const variables = { ...verify.variables, TWILIO_AUTH_TOKEN: 'wrong' };
    const { error, code } = await run([...action, '--yes'], variables);
    expect(code).toBe(1);
    expect(error).toMatch(/^verify-passkeys: 20003: Verify says: Authenticate .+\n$/);
  });
}

test('service create reports that Verify left the passkeys settings out, as for an account outside the beta', async () => {
  const outside = await startVerify((_, { method }) =>
    method === 'POST'
      ? Response.json({ sid: serviceSid, friendly_name: 'Example', passkeys: null }, { status: 201 })
      : undefined,
  );
  const { out, code } = await run([...create, '--yes'], outside.variables);
  await outside.stop();
  expect(code).toBe(1);
  expect(out).toMatch(/\n60371 passkeys\n.+\n.+private beta/);
});
