/** `emulate` serves Verify over HTTP, so that Twilio's own Node library works with it as with Verify. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import twilio from 'twilio';
import { runAlone } from '../run-command.ts';
import { createAuthenticator, encode } from '../software-authenticator.ts';
import { type Emulate, startEmulate } from './emulate.ts';

const page = { origin: 'http://localhost:3000', rpId: 'localhost' };
const local = ['--rp-id', page.rpId, '--origin', page.origin];
const identity = '6f1d4f0e-0b0a-4f0e-9a52-2f2b3c4d5e6f';

/** A client of Twilio's library that calls the emulator instead of Verify. */
function connectTo({ base, account }: Emulate, authToken = account.authToken) {
  const httpClient = new twilio.RequestClient();
  const send = httpClient.request.bind(httpClient);
  httpClient.request = (options) =>
    send({ ...options, uri: options.uri.replace('https://verify.twilio.com', base) });
  return twilio(account.accountSid, authToken, { httpClient }).verify.v2.services(account.serviceSid);
}

/** A credential after a trip through JSON. */
const asJson = (credential: object) => JSON.parse(JSON.stringify(credential));

const challengeOf = ({ options }: { options: unknown }): string =>
  asJson(options as object).publicKey.challenge;

// The library sends its typed parameters in camelCase, which Verify does not accept.
const newFactor = (fields: object = {}) => ({ friendly_name: 'Laptop', identity, ...fields }) as never;

let emulate: Emulate;
let service: ReturnType<typeof connectTo>;
test.beforeAll(async () => {
  emulate = await startEmulate(...local);
  service = connectTo(emulate);
});
test.afterAll(() => emulate.stop());

/** Registers a passkey for a new user. */
async function register(user: string, from = service) {
  const authenticator = await createAuthenticator();
  const begun = await from.newFactors.create(newFactor({ identity: user }));
  const credential = asJson(authenticator.register(challengeOf(begun), page));
  return { authenticator, credential, factor: await from.newVerifyFactors.update(credential) };
}

test("Twilio's library creates, verifies, challenges, approves, lists, reads, renames and deletes", async () => {
  const { authenticator, factor } = await register(identity);
  expect(factor).toMatchObject({
    status: 'verified',
    friendlyName: 'Laptop',
    factorType: 'passkeys',
    identity,
  });
  expect(factor.dateCreated).toBeInstanceOf(Date);

  const discoverable = await service.newChallenge().create();
  expect(discoverable).toMatchObject({ status: 'pending', identity: '', dateResponded: null });
  const signed = asJson(await authenticator.sign(challengeOf(discoverable), page));
  const approved = await service.approveChallenge.update(signed);
  expect(approved).toMatchObject({
    sid: discoverable.sid,
    status: 'approved',
    identity,
    factorSid: factor.sid,
  });

  const theirs = await service.newChallenge().create({ identity });
  expect(theirs.options).toMatchObject({ publicKey: { allowCredentials: [{ id: authenticator.id }] } });
  const again = asJson(await authenticator.sign(challengeOf(theirs), page));
  expect(await service.approveChallenge.update(again)).toMatchObject({ status: 'approved' });

  const factors = service.entities(identity).factors;
  expect(await factors.list()).toMatchObject([{ sid: factor.sid, status: 'verified' }]);
  expect(await factors(factor.sid).fetch()).toMatchObject({ sid: factor.sid, friendlyName: 'Laptop' });
  const renamed = await factors(factor.sid).update({ friendlyName: 'Key ring' });
  expect(renamed).toMatchObject({ friendlyName: 'Key ring' });
  expect(await factors(factor.sid).remove()).toBe(true);
  expect(await factors.list()).toEqual([]);
});

test('the API key that emulate prints may do what the account may, and only with its secret', async () => {
  const { TWILIO_API_KEY: key, TWILIO_API_KEY_SECRET: secret, TWILIO_ACCOUNT_SID: sid } = emulate.variables;
  const read = (name = '', password = '') =>
    fetch(`${emulate.base}/v2/Services/${emulate.account.serviceSid}`, {
      headers: { authorization: `Basic ${btoa(`${name}:${password}`)}` },
    });
  const byKey = await read(key, secret);
  expect(await byKey.json()).toEqual(await (await read(sid, emulate.account.authToken)).json());
  expect(key).toMatch(/^SK/);
  expect((await read(key, 'wrong')).status).toBe(401);
  expect((await read(`SK${'9'.repeat(32)}`, secret)).status).toBe(401);
});

test("Twilio's library reads and updates the Service", async () => {
  expect(await service.fetch()).toMatchObject({
    sid: emulate.account.serviceSid,
    passkeys: { relying_party: { id: page.rpId, origins: [page.origin] } },
  });
  const updated = await service.update({ friendlyName: 'Renamed' });
  expect(updated).toMatchObject({ friendlyName: 'Renamed', passkeys: { user_verification: 'preferred' } });
});

const refusals: Record<string, { code: number; status: number; call: () => Promise<unknown> }> = {
  'a wrong token': { code: 20003, status: 401, call: () => connectTo(emulate, 'wrong').fetch() },
  "the library's typed camelCase": {
    code: 60388,
    status: 400,
    call: () => service.newFactors.create({ friendlyName: 'Laptop', identity }),
  },
  'no identity': {
    code: 60367,
    status: 400,
    call: () => service.newFactors.create(newFactor({ identity: '' })),
  },
  'an e-mail address': {
    code: 60420,
    status: 400,
    call: () => service.newFactors.create(newFactor({ identity: 'ada@example.com' })),
  },
  'an incomplete config': {
    code: 60393,
    status: 400,
    call: () => service.newFactors.create(newFactor({ config: { user_verification: 'preferred' } })),
  },
  'a Factor that does not exist': {
    code: 60390,
    status: 404,
    call: async () =>
      service.newVerifyFactors.update(
        asJson((await createAuthenticator()).register(encode(`YF${'0'.repeat(32)}`), page)),
      ),
  },
  'a Challenge that does not exist': {
    code: 60391,
    status: 404,
    call: async () =>
      service.approveChallenge.update(
        asJson(await (await createAuthenticator()).sign(encode(`YC${'0'.repeat(32)}`), page)),
      ),
  },
  'an unknown identity': {
    code: 60392,
    status: 404,
    call: () => service.newChallenge().create({ identity: 'nobody-here' }),
  },
  'a malformed SID': {
    code: 60362,
    status: 400,
    call: () => service.entities(identity).factors('YF1').fetch(),
  },
  'a body without a response': {
    code: 60378,
    status: 400,
    call: async () => {
      const { credential } = await register('without-response');
      return service.newVerifyFactors.update({ ...credential, response: undefined } as never);
    },
  },
  'another origin': {
    code: 60380,
    status: 400,
    call: async () => {
      const begun = await service.newFactors.create(newFactor());
      const elsewhere = { ...page, origin: 'http://localhost:4000' };
      return service.newVerifyFactors.update(
        asJson((await createAuthenticator()).register(challengeOf(begun), elsewhere)),
      );
    },
  },
  'another relying party': {
    code: 60382,
    status: 403,
    call: async () => {
      const begun = await service.newFactors.create(newFactor());
      const other = { ...page, rpId: 'example.com' };
      return service.newVerifyFactors.update(
        asJson((await createAuthenticator()).register(challengeOf(begun), other)),
      );
    },
  },
  'a verified Factor': {
    code: 60383,
    status: 403,
    call: async () => service.newVerifyFactors.update((await register('verified-twice')).credential),
  },
  'an approved Challenge': {
    code: 60322,
    status: 403,
    call: async () => {
      const { authenticator } = await register('approved-twice');
      const begun = await service.newChallenge().create();
      const signed = asJson(await authenticator.sign(challengeOf(begun), page));
      await service.approveChallenge.update(signed);
      return service.approveChallenge.update(signed);
    },
  },
};

for (const [what, { code, status, call }] of Object.entries(refusals)) {
  test(`Twilio's library gets ${code} for ${what}, and emulate prints the refusal`, async () => {
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, status, moreInfo: `https://www.twilio.com/docs/errors/${code}` });
    await expect
      .poll(() => emulate.calls().at(-1))
      .toMatch(new RegExp(`^\\S+ /v2/Services/\\S+ ${status} ${code} .`));
  });
}

test('each call is printed in one line, without its body', async () => {
  // The lines come in order: once this one is there, none of an earlier call is missing.
  await fetch(`${emulate.base}/marker`);
  await expect.poll(() => emulate.calls().at(-1)).toContain('/marker');
  const before = emulate.calls().length;
  await register('printed-in-one-line');
  const path = `/v2/Services/${emulate.account.serviceSid}/Passkeys`;
  await expect
    .poll(() => emulate.calls().slice(before))
    .toEqual([`POST ${path}/Factors 201`, `POST ${path}/VerifyFactor 200`]);
});

test('a call of a route that Verify does not have is answered with a code too', async () => {
  const { base } = emulate;
  const answer = await fetch(`${base}/`);
  expect(answer.headers.get('x-emulated')).toBe('verify-passkeys');
  expect(await answer.json()).toMatchObject({ code: 20003 });
  const long = await fetch(base, { method: 'POST', body: 'x'.repeat(2 ** 21) }).then(
    (response) => response.json(),
    (error: Error) => error,
  );
  expect(long).toMatchObject({ code: 20500 });
  expect((await fetch(base, { method: 'OPTIONS' })).status).toBe(401);
});

test('emulate listens only on loopback', async () => {
  const { hostname, port } = new URL(emulate.base);
  expect(hostname).toBe('127.0.0.1');
  const { networkInterfaces } = await import('node:os');
  const outward = Object.values(networkInterfaces())
    .flat()
    .filter((each) => each && !each.internal && each.family === 'IPv4');
  for (const each of outward) {
    const code = await new Promise((resolve) => {
      const socket = connect(Number(port), each!.address, () => resolve('open'));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(code).toBe('ECONNREFUSED');
  }
});

test('--data keeps passkeys for the next start, in a file that only its owner can read', async () => {
  mkdirSync(test.info().outputDir, { recursive: true });
  const file = test.info().outputPath('state.json');
  const first = await startEmulate(...local, '--data', file);
  const { authenticator } = await register('kept-in-a-file', connectTo(first));
  expect(await first.stop()).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const second = await startEmulate(...local, '--data', file);
  const then = connectTo(second);
  const begun = await then.newChallenge().create();
  const signed = asJson(await authenticator.sign(challengeOf(begun), page));
  expect(await then.approveChallenge.update(signed)).toMatchObject({ identity: 'kept-in-a-file' });
  await second.stop();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('entity:kept-in-a-file');
});

for (const [what, args, message] of [
  ['no relying party id', ['--origin', page.origin], /expected --rp-id/],
  ['no origin', ['--rp-id', 'localhost'], /expected --origin/],
  [
    'an id with a port',
    ['--rp-id', 'localhost:3000', '--origin', page.origin],
    /"localhost:3000" has a port/,
  ],
  [
    'an origin with a slash',
    ['--rp-id', 'localhost', '--origin', `${page.origin}/`],
    /has a slash at the end/,
  ],
  [
    'a port number that is too large',
    [...local, '--port', '65536'],
    /expected --port with a number from 0 to 65535, got "65536"/,
  ],
  [
    'a file in a missing folder',
    [...local, '--data', 'no/such/folder/state.json'],
    /ENOENT.*no\/such\/folder/,
  ],
  ['a file with other contents', [...local, '--data', 'README.md'], /expected README\.md to hold the state/],
] as const) {
  test(`emulate exits with 2 and says what it expects when it is given ${what}`, async () => {
    const { out, error, code } = await runAlone(['emulate', ...args]);
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(error.split('\n')[0]).toMatch(message);
  });
}

test('emulate exits with 2 and suggests another port when its port is in use', async () => {
  const { port } = new URL(emulate.base);
  const { error, code } = await runAlone(['emulate', ...local, '--port', port]);
  expect(code).toBe(2);
  expect(error).toContain(`port ${port} is in use: choose another with --port`);
});

test('emulate names @simplewebauthn/server in one sentence when it is not installed', async () => {
  // A copy of the package as npx installs it, without its optional peer dependencies.
  const { cpSync, symlinkSync, mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(join(tmpdir(), 'verify-passkeys-'));
  cpSync('dist', join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(process.cwd(), 'node_modules/valibot'), join(folder, 'node_modules/valibot'));
  const { error, code } = await runAlone(['emulate', ...local], {}, '', join(folder, 'dist/cli/index.js'));
  rmSync(folder, { recursive: true });
  expect(code).toBe(2);
  expect(error.split('\n')[0]).toBe(
    'verify-passkeys: the emulator needs @simplewebauthn/server: install it beside this package with npm install -D @simplewebauthn/server',
  );
});
