/** The back end in the guide signs users in, with Twilio's library and `emulate`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { blocksOf } from '../readme.ts';
import { expect, test } from '../test.ts';
import { type Emulate, startEmulate } from './emulate.ts';

/** Starts the guide's server and reads the address that it prints. */
async function startBackEnd(origin: string, { base, account }: Emulate) {
  // The folder is inside the package, so that Node finds Twilio's library.
  const folder = resolve('test-results/back-end', crypto.randomUUID());
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/back-end.mjs`;
  writeFileSync(file, blocksOf('js').find(({ code }) => code.startsWith('// back-end.mjs'))!.code);
  const child = spawn(process.execPath, [file], {
    env: {
      ...process.env,
      TWILIO_ACCOUNT_SID: account.accountSid,
      TWILIO_AUTH_TOKEN: account.authToken,
      TWILIO_VERIFY_SERVICE_SID: account.serviceSid,
      VERIFY_BASE: base,
      ORIGIN: origin,
      PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { base: String(line).trim(), child };
}

test("the guide's back end registers, signs in, and refuses what it must", async ({ page, visit }) => {
  let base = '';
  const world = await visit({
    answer: async (request) => {
      const { pathname } = new URL(request.url);
      const body = request.method === 'POST' ? await request.text() : null;
      return fetch(`${base}${pathname}`, { method: request.method, headers: request.headers, body });
    },
  });
  const emulate = await startEmulate('--rp-id', 'localhost', '--origin', world.origin);
  const backEnd = await startBackEnd(world.origin, emulate);
  base = backEnd.base;
  try {
    const register = () => page.evaluate(() => outcome(passkeys.register({ friendlyName: 'Laptop' })));
    const authenticate = () => page.evaluate(() => outcome(passkeys.authenticate()));
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
    expect(await register()).toMatchObject({ value: { status: 'verified', identity: user.identity } });
    await page.context().clearCookies();
    expect(await authenticate()).toMatchObject({ value: { status: 'approved', identity: user.identity } });
    expect(await register()).toMatchObject({ code: 'already_registered' });

    // Before it calls Verify, the server refuses a credential that another browser asked for.
    const { body: begun } = await post('Challenges', {});
    const credential = await page.evaluate((begun) => sdk.getCredential(begun), begun);
    await page.context().clearCookies();
    const calls = emulate.calls().length;
    expect(await post('ApproveChallenge', credential)).toMatchObject({
      status: 409,
      body: { code: 'not_begun' },
    });
    expect(await post('ApproveChallenge', { id: 'x' })).toMatchObject({ status: 400, body: { code: 60380 } });
    expect(emulate.calls()).toHaveLength(calls);
    const foreign = await fetch(`${base}/Challenges`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
  } finally {
    backEnd.child.kill();
    await emulate.stop();
  }
});
