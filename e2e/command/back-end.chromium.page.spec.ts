/** The back ends in the guide sign users in and manage their passkeys, with `emulate` in place of Verify. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { blocksOf } from '../readme.ts';
import { createAuthenticator } from '../software-authenticator.ts';
import { expect, test } from '../test.ts';
import { type Emulate, startEmulate } from './emulate.ts';

const languages = [
  { name: 'Node', language: 'js', file: 'back-end.mjs', command: process.execPath },
  { name: 'Python', language: 'python', file: 'back_end.py', command: 'python3' },
] as const;

type Language = (typeof languages)[number];

/** Why the server of this language cannot run here, or undefined if it can. */
function whyNot({ command }: Language): string | undefined {
  if (command !== 'python3') return undefined;
  const script = 'import sys; sys.exit(sys.version_info < (3, 9))';
  const { status } = spawnSync(command, ['-c', script]);
  return status === 0 ? undefined : 'python3 of version 3.9 or newer is not on PATH';
}

/** What each language runs before the server, so that its clock is as many seconds ahead as the file `ahead` says. */
const clocks = {
  'clock.mjs': `import { readFileSync } from 'node:fs';
const { now } = Date;
Date.now = () => now() + 1000 * Number(readFileSync(new URL('ahead', import.meta.url), 'utf8'));
`,
  'sitecustomize.py': `import os, time
ahead, now = os.path.join(os.path.dirname(__file__), 'ahead'), time.time
time.time = lambda: now() + float(open(ahead).read())
`,
};

/** Starts the guide's server with this environment. */
function start(
  { language, file, command }: Language,
  env: NodeJS.ProcessEnv,
): ChildProcess & { putAhead(seconds: number): void } {
  // The folder is inside the package, so that Node finds Twilio's library.
  const folder = resolve('test-results/back-end', crypto.randomUUID());
  mkdirSync(folder, { recursive: true });
  const putAhead = (seconds: number) => writeFileSync(`${folder}/ahead`, String(seconds));
  putAhead(0);
  for (const [name, code] of Object.entries(clocks)) writeFileSync(`${folder}/${name}`, code);
  const clock = { NODE_OPTIONS: `--import=${pathToFileURL(`${folder}/clock.mjs`)}`, PYTHONPATH: folder };
  writeFileSync(`${folder}/${file}`, blocksOf(language).find(({ code }) => code.includes(`${file}\n`))!.code);
  const { PATH, HOME } = process.env;
  const child = spawn(command, [`${folder}/${file}`], {
    env: { ...(PATH && { PATH }), ...(HOME && { HOME }), ...clock, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return Object.assign(child, { putAhead });
}

const settings = (origin: string, { base, account }: Emulate) => ({
  TWILIO_ACCOUNT_SID: account.accountSid,
  TWILIO_AUTH_TOKEN: account.authToken,
  TWILIO_VERIFY_SERVICE_SID: account.serviceSid,
  VERIFY_BASE: base,
  ORIGIN: origin,
  PORT: '0',
});

/** The first line that the server prints: its address. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  const [line] = await once(stdout!, 'data');
  return String(line).trim();
}

for (const language of languages) {
  const { name } = language;

  test(`the guide's back end in ${name} registers, signs in, manages, and refuses what it must`, async ({
    page,
    visit,
  }) => {
    const reason = whyNot(language);
    test.skip(reason !== undefined, reason);
    let base = '';
    const world = await visit({
      answer: async (request) => {
        const { pathname } = new URL(request.url);
        const body = request.method === 'POST' ? await request.text() : null;
        return fetch(`${base}${pathname}`, { method: request.method, headers: request.headers, body });
      },
    });
    const emulate = await startEmulate('--rp-id', 'localhost', '--origin', world.origin);
    const child = start(language, settings(world.origin, emulate));
    const intruder = start(language, { ...settings(world.origin, emulate), TWILIO_AUTH_TOKEN: 'wrong' });
    try {
      base = await addressOf(child);
      const register = () => page.evaluate(() => outcome(passkeys.register({ friendlyName: 'Laptop' })));
      const authenticate = () => page.evaluate(() => outcome(passkeys.authenticate()));
      const list = () => page.evaluate(() => passkeys.list());
      const post = (route: string, body: unknown) =>
        page.evaluate(
          async ([route, body]) => {
            const headers = { 'content-type': 'application/json' };
            const init = { method: 'POST', headers, body: JSON.stringify(body) };
            const answer = await fetch(`/passkeys/${route}`, init);
            return { status: answer.status, body: await answer.json() };
          },
          [route, body] as const,
        );

      expect(await register()).toMatchObject({ code: 'not_signed_in' });
      const { body: user } = await post('session', {});
      expect(await list()).toEqual([]);
      expect(await register()).toMatchObject({ value: { status: 'verified', identity: user.identity } });
      const begun = await post('Factors', {});
      expect(begun.status).toBe(201);
      await page.context().clearCookies();
      expect(await authenticate()).toMatchObject({ value: { status: 'approved', identity: user.identity } });
      expect(await register()).toMatchObject({ code: 'already_registered' });

      // The list is complete once Verify had ten minutes to find the newest passkey, and not before.
      const isComplete = () =>
        page.evaluate(async () => (await (await fetch('/passkeys/Factors')).json()).complete);
      expect(await isComplete()).toBe(false);
      child.putAhead(500);
      expect(await isComplete()).toBe(false);
      child.putAhead(700);
      expect(await isComplete()).toBe(true);
      // It is in doubt again from the moment on at which Verify gets a credential, even if no answer is ever kept.
      const unfinished = await post('Factors', {});
      const { challenge } = unfinished.body.options.publicKey;
      const broken = (await createAuthenticator()).register(challenge, { origin: 'https://evil.example' });
      expect(await post('VerifyFactor', broken)).toMatchObject({ status: 400, body: { code: 60380 } });
      expect(await isComplete()).toBe(false);
      child.putAhead(0);

      // The registration that was begun and never finished is no passkey.
      const [passkey, ...others] = await list();
      expect(passkey).toMatchObject({ friendlyName: 'Laptop', credentialId: expect.any(String) });
      expect(others).toEqual([]);
      const { sid } = passkey!;
      const renamed = await page.evaluate((sid) => passkeys.rename(sid, 'Key ring'), sid);
      expect(renamed).toMatchObject({ sid, friendlyName: 'Key ring' });
      const unremoved = await page.evaluate((sid) => outcome(passkeys.remove(sid)), begun.body.sid);
      expect(unremoved).toMatchObject({ code: 'rejected', rejection: { status: 404 } });

      // Another user reaches none of it.
      await page.context().clearCookies();
      await post('session', {});
      expect(await list()).toEqual([]);
      for (const call of ['remove', 'rename'] as const) {
        const foreign = await page.evaluate(
          ([call, sid]) => outcome(call === 'remove' ? passkeys.remove(sid) : passkeys.rename(sid, 'Mine')),
          [call, sid] as const,
        );
        expect(foreign).toMatchObject({ code: 'rejected', rejection: { status: 404 } });
      }

      // Before it calls Verify, the server refuses a credential that another browser asked for.
      const { body: options } = await post('Challenges', {});
      const credential = await page.evaluate((options) => sdk.getCredential(options), options);
      await page.context().clearCookies();
      const calls = emulate.calls().length;
      const stolen = await post('ApproveChallenge', credential);
      expect(stolen).toMatchObject({ status: 409, body: { code: 'not_begun' } });
      const empty = await post('ApproveChallenge', { id: 'x' });
      expect(empty).toMatchObject({ status: 400, body: { code: 60380 } });
      const call = (method: string, path: string, headers: HeadersInit) =>
        fetch(`${base}/${path}`, { method, headers }).then(({ status }) => status);
      const evil = { origin: 'https://evil.example', 'content-type': 'application/json' };
      expect(await call('POST', 'Challenges', evil)).toBe(403);
      expect(await call('POST', 'Challenges', { 'content-type': 'application/json' })).toBe(403);
      expect(await call('DELETE', `Factors/${sid}`, evil)).toBe(403);
      expect(await call('GET', 'Factors', evil)).toBe(403);
      expect(await call('POST', 'Challenges', { origin: world.origin })).toBe(415);
      expect(await call('GET', 'Factors', {})).toBe(401);
      expect(emulate.calls()).toHaveLength(calls);

      expect(await authenticate()).toMatchObject({ value: { identity: user.identity } });
      await page.evaluate((sid) => passkeys.remove(sid), sid);
      expect(await list()).toEqual([]);
      expect(await authenticate()).toMatchObject({ code: expect.stringMatching(/rejected|cancelled/) });

      // A wrong secret is the server's fault: the user is not told to sign in.
      base = await addressOf(intruder);
      expect(await authenticate()).toMatchObject({ code: 'rejected', rejection: { code: 'misconfigured' } });
    } finally {
      child.kill();
      intruder.kill();
      await emulate.stop();
    }
  });
}
