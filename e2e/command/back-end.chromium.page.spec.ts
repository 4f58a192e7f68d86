/** The back ends in the guide sign users in and manage their passkeys, with `emulate` in place of Verify. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { createEmulator } from 'verify-passkeys/emulator';
import { settings as verifySettings } from '../play-verify.ts';
import { blocksOf } from '../readme.ts';
import { openBrowser, refused } from '../relay/stage.ts';
import { createAuthenticator, page as signedPage } from '../software-authenticator.ts';
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

test("the guide's findUser signs in only the kept owner whom Verify names, and nobody else in that user's session", () => {
  const { code } = blocksOf('js').find((block) => block.code.includes('function findUser'))!;
  const findUser = new Function(`${code}; return findUser;`)();
  const owners = new Map([['key', 'ada']]);
  const approved = { status: 'approved', identity: 'ada' };
  for (const [answer, id, session, expected] of [
    [approved, 'key', {}, 'ada'],
    [approved, 'key', { identity: 'ada' }, 'ada'],
    [approved, 'key', { identity: 'bob' }, null],
    [approved, 'another', { identity: 'ada' }, null],
    [{ ...approved, identity: 'bob' }, 'key', { identity: 'bob' }, null],
    [{ ...approved, identity: '' }, 'key', { identity: 'ada' }, null],
    [{ ...approved, status: 'pending' }, 'key', {}, null],
  ] as const) {
    expect(findUser(answer, id, owners, session)).toBe(expected);
  }
});

for (const language of languages) {
  const { name } = language;

  test(`the guide's back end in ${name} makes each check of the guide's table, whatever page or Verify say`, async () => {
    const reason = whyNot(language);
    test.skip(reason !== undefined, reason);
    const emulator = createEmulator(verifySettings);
    const calls: string[] = [];
    /** What Verify says instead at this route. */
    let lie: { route: string; says: object } | undefined;
    const verify = createServer(
      getRequestListener(async (request) => {
        const { pathname, searchParams } = new URL(request.url);
        // One Factor a page, so that every list has several.
        if (searchParams.has('PageSize')) searchParams.set('PageSize', '1');
        calls.push(pathname);
        const address = `https://verify.twilio.com${pathname}?${searchParams}`;
        const answer = await emulator.fetch(new Request(address, request));
        if (!lie || !pathname.endsWith(lie.route)) return answer;
        return Response.json(
          { ...((await answer.json()) as object), ...lie.says },
          { status: answer.status },
        );
      }),
    ).listen(0, '127.0.0.1');
    await once(verify, 'listening');
    const child = start(language, {
      TWILIO_ACCOUNT_SID: verifySettings.accountSid,
      TWILIO_AUTH_TOKEN: verifySettings.authToken,
      TWILIO_VERIFY_SERVICE_SID: verifySettings.serviceSid,
      VERIFY_BASE: `http://127.0.0.1:${(verify.address() as AddressInfo).port}`,
      ORIGIN: signedPage.origin,
      PORT: '0',
    });
    try {
      const base = await addressOf(child);
      const open = () =>
        openBrowser({
          relay: async (request) => {
            const { pathname, search } = new URL(request.url);
            const { method, headers } = request;
            const body = method === 'POST' ? await request.text() : null;
            return fetch(base + pathname + search, { method, headers, body });
          },
        });
      const signUp = async () => {
        const browser = open();
        const { body } = await browser.post('session', {});
        return { ...browser, identity: body.identity as string };
      };
      const whoIs = async (visitor: ReturnType<typeof open>, held: Parameters<typeof visitor.signIn>[0]) =>
        (await visitor.signIn(held)).body.identity;
      const ada = await signUp();
      const passkey = await ada.register();
      const second = await ada.register();
      const { body: all } = await ada.send('GET', 'Factors');
      const sids = all.factors.map(({ sid }: { sid: string }) => sid);
      expect(sids.sort()).toEqual([passkey.sid, second.sid].sort());

      // Another page reads nothing, and a large body is not read.
      const evil = { origin: 'https://evil.example' };
      const foreign = await ada.send('GET', 'Factors', undefined, evil);
      expect(foreign).toMatchObject(refused(403, 'forbidden_origin'));
      expect(foreign.headers.get('access-control-allow-origin')).toBe(null);
      expect(await ada.post('Factors', { friendly_name: 'x'.repeat(65_536) })).toMatchObject({ status: 413 });

      // A credential is sent once. A page that completed it says so in the query.
      const browser = open();
      const { challenge } = await browser.begin('Challenges');
      const signed = await passkey.sign(challenge, { userHandle: passkey.userHandle });
      const before = calls.length;
      expect((await browser.post('ApproveChallenge?attachment=completed', signed)).status).toBe(200);
      expect(await browser.post('ApproveChallenge', signed)).toMatchObject(refused(409, 'not_begun'));
      expect(calls).toHaveLength(before + 1);

      // Whoever's session it is, the owner of the passkey is signed in, and in a new session.
      const bob = await signUp();
      const planted = bob.cookies.get('session')!;
      expect(await whoIs(bob, passkey)).toBe(ada.identity);
      const attacker = open();
      attacker.cookies.set('session', planted);
      expect(await attacker.send('GET', 'Factors')).toMatchObject({ status: 401 });
      const stranger = await createAuthenticator();
      expect(await open().signIn(stranger)).toMatchObject(refused(403, 'unknown_credential'));

      // Another's credential id is not registered again, and a passkey goes to nobody but the user who began it.
      const mallory = await signUp();
      const own = await mallory.begin('Factors');
      const copy = { ...stranger.register(own.challenge), id: passkey.id, rawId: passkey.id };
      expect(await mallory.post('VerifyFactor', copy)).toMatchObject(refused(409, 'exists'));
      expect(await whoIs(open(), passkey)).toBe(ada.identity);
      const late = await mallory.begin('Factors');
      await mallory.post('session', {});
      expect(await mallory.post('VerifyFactor', stranger.register(late.challenge))).toMatchObject({
        status: 502,
      });
      expect((await mallory.send('GET', 'Factors')).body.factors).toEqual([]);
      expect(await open().signIn(stranger)).toMatchObject(refused(403, 'unknown_credential'));

      // Verify must answer for this very Factor or Challenge, and its user.
      const odd = { status: 502, body: { code: 'odd_answer', message: expect.any(String), status: 502 } };
      for (const says of [
        { sid: `YF${'0'.repeat(32)}` },
        { status: 'unverified' },
        { identity: bob.identity },
      ]) {
        lie = { route: 'VerifyFactor', says };
        const made = await createAuthenticator();
        const begun = await ada.begin('Factors');
        expect(await ada.post('VerifyFactor', made.register(begun.challenge))).toMatchObject(odd);
        lie = undefined;
        expect(await open().signIn(made)).toMatchObject(refused(403, 'unknown_credential'));
      }
      for (const says of [
        { sid: `YC${'0'.repeat(32)}` },
        { status: 'pending' },
        { identity: bob.identity },
      ]) {
        lie = { route: 'ApproveChallenge', says };
        const victim = open();
        expect(await victim.signIn(passkey)).toMatchObject(odd);
        expect(await victim.send('GET', 'Factors')).toMatchObject({ status: 401 });
      }
    } finally {
      child.kill();
      verify.closeAllConnections();
      verify.close();
    }
  });

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
          async ([path, sent]) => {
            const headers = { 'content-type': 'application/json' };
            const init = { method: 'POST', headers, body: JSON.stringify(sent) };
            const answer = await fetch(`/passkeys/${path}`, init);
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
      const renamed = await page.evaluate((factorSid) => passkeys.rename(factorSid, 'Key ring'), sid);
      expect(renamed).toMatchObject({ sid, friendlyName: 'Key ring' });
      const unremoved = await page.evaluate(
        (factorSid) => outcome(passkeys.remove(factorSid)),
        begun.body.sid,
      );
      expect(unremoved).toMatchObject({ code: 'rejected', rejection: { status: 404 } });

      // Another user reaches none of it.
      await page.context().clearCookies();
      await post('session', {});
      expect(await list()).toEqual([]);
      for (const call of ['remove', 'rename'] as const) {
        const foreign = await page.evaluate(
          ([method, factorSid]) =>
            outcome(method === 'remove' ? passkeys.remove(factorSid) : passkeys.rename(factorSid, 'Mine')),
          [call, sid] as const,
        );
        expect(foreign).toMatchObject({ code: 'rejected', rejection: { status: 404 } });
      }

      // Before it calls Verify, the server refuses a credential that another browser asked for.
      const { body: options } = await post('Challenges', {});
      const credential = await page.evaluate((request) => sdk.getCredential(request), options);
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
      await page.evaluate((factorSid) => passkeys.remove(factorSid), sid);
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
