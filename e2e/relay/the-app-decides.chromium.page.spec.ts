/** An app's four rules hold against a page that an attacker wrote: one with its own fetches, flags and attachments. */
import type { Page } from '@playwright/test';
import { addAuthenticator } from 'verify-passkeys/playwright';
import { expect, test } from '../test.ts';
import type { World, WorldConfig } from '../world.ts';
import { createDecidingApp, decidingPage } from './deciding-app.ts';

type Me = { identity: string; offersPasskey: boolean } | null;

declare global {
  /** Globals of the app's page. */
  var me: () => Promise<Me>;
  var signInAndOffer: () => Promise<unknown>;
}

async function open(page: Page, visit: (config: WorldConfig) => Promise<World>) {
  let world: World | undefined;
  const app = createDecidingApp((request) => world!.callVerify(request));
  world = await visit({ relay: app.relay, app: app.answer, page: decidingPage });
  await attack(page);
  await page.evaluate(() => fetch('/sign-up', { method: 'POST' }).then(() => {}));
  return { ...world, ...app };
}

type Change = { flags?: { set?: number; clear?: number }; attachment?: unknown };

declare global {
  /** The attacker's half ceremonies: the credential, changed as the attacker wishes. */
  var make: (change?: Change) => Promise<object>;
  var sign: (change?: Change) => Promise<object>;
  /** The attacker's own call of the relay, and what came back. */
  var call: (
    method: string,
    route: string,
    body?: object,
  ) => Promise<{ status: number; code?: unknown; identity?: string }>;
}

/** Puts an attacker's script into the page. */
const attack = (page: Page) =>
  page.evaluate(() => {
    const ask = async (method: string, route: string, body?: object) => {
      const headers = { 'content-type': 'application/json' };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const response = await fetch(`/passkeys/${route}`, init);
      return { status: response.status, body: await response.json() };
    };
    globalThis.call = async (...asked) => {
      const { status, body } = await ask(...asked);
      return { status, code: body.code, identity: body.identity };
    };
    /** Changes the flags that stand after the hash of "localhost". */
    const flip = async (base64url: string, { set = 0, clear = 0 }) => {
      const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
      const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
      const hash = new Uint8Array(
        await crypto.subtle.digest('SHA-256', new TextEncoder().encode('localhost')),
      );
      const at = bytes.findIndex((_, start) => hash.every((byte, index) => bytes[start + index] === byte));
      bytes[at + 32] = (bytes[at + 32]! | set) & ~clear;
      const text = btoa(String.fromCharCode(...bytes));
      return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    };
    const forge = async <T extends { response: object }>(credential: T, name: string, change: Change) => {
      const response = { ...credential.response } as Record<string, string>;
      if (change.flags) response[name] = await flip(response[name]!, change.flags);
      const attachment = 'attachment' in change && { authenticatorAttachment: change.attachment };
      return { ...credential, ...attachment, response };
    };
    globalThis.make = async (change = {}) => {
      const { options } = (await ask('POST', 'Factors', {})).body;
      options.publicKey.authenticatorSelection.userVerification = 'discouraged';
      return forge(await sdk.createCredential(options), 'attestationObject', change);
    };
    globalThis.sign = async (change = {}) => {
      const { options } = (await ask('POST', 'Challenges', {})).body;
      options.publicKey.userVerification = 'discouraged';
      return forge(await sdk.getCredential(options), 'authenticatorData', change);
    };
  });

const readMe = (page: Page) => page.evaluate(() => me());
const register = (page: Page) => page.evaluate(() => outcome(passkeys.register()));
const list = (page: Page) => page.evaluate(() => passkeys.list());
const forgetSession = (page: Page) => page.context().clearCookies();
const notAllowed = { status: 403, code: 'not_allowed' };

test.describe('with an authenticator that cannot verify its user', () => {
  test.use({ authenticatorOptions: { hasUserVerification: false } });

  test('an app that demands user verification gets no passkey without it, and nobody signs in without it', async ({
    page,
    visit,
    authenticator,
  }) => {
    const { upstream, admin, sessions } = await open(page, visit);
    const { identity } = (await readMe(page))!;
    expect(await register(page)).toMatchObject({ code: 'rejected', rejection: notAllowed });
    expect(await authenticator.credentials()).toEqual([]);
    expect(upstream.at(-1)).toMatchObject({ method: 'DELETE' });
    expect(await list(page)).toEqual([]);
    // The attacker's page asks for no verification, and posts the same credential until somebody takes it.
    const answers = await page.evaluate(async () => {
      const credential = await make();
      const first = await call('POST', 'VerifyFactor', credential);
      return [first, await call('POST', 'VerifyFactor', credential)];
    });
    expect(answers[0]).toMatchObject(notAllowed);
    expect(answers[1]!.status).toBeGreaterThanOrEqual(400);
    expect(await admin.list(identity)).toEqual([]);
    // A registration is not signed: a forged flag makes a passkey. A sign-in is, so this passkey is of no use.
    await authenticator.clear();
    const forged = await page.evaluate(async () =>
      call('POST', 'VerifyFactor', await make({ flags: { set: 4 } })),
    );
    expect(forged.status).toBe(200);
    const signed = await page.evaluate(async () => [
      await call('POST', 'ApproveChallenge', await sign()),
      await call('POST', 'ApproveChallenge', await sign({ flags: { set: 4 } })),
    ]);
    expect(signed[0]).toMatchObject(notAllowed);
    expect(signed[1]!.status).toBeGreaterThanOrEqual(400);
    expect(sessions.size).toBe(1);
  });
});

test('an app that keeps the last passkey keeps it, however many removals a page sends at once', async ({
  page,
  visit,
  authenticator,
}) => {
  await open(page, visit);
  await register(page);
  // The first is on another device: an authenticator holds one passkey of a user.
  await authenticator.clear();
  await register(page);
  const sids = (await list(page)).map(({ sid }) => sid);
  expect(sids).toHaveLength(2);
  const statuses = await page.evaluate(
    (listed) =>
      Promise.all([...listed, ...listed].map(async (sid) => (await call('DELETE', `Factors/${sid}`)).status)),
    sids,
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 403 || status === 404)).toHaveLength(3);
  const [last, ...others] = await list(page);
  expect(others).toEqual([]);
  const ended = await page.evaluate((sid) => outcome(passkeys.remove(sid)), last!.sid);
  expect(ended).toMatchObject({ code: 'rejected', rejection: notAllowed });
  expect(await list(page)).toMatchObject([{ sid: last!.sid }]);
});

test.describe('with a phone', () => {
  test.use({ authenticatorOptions: { transport: 'hybrid' } });

  test('an app offers a passkey of this device after a sign-in with a phone, and a forged attachment changes nothing but the offer', async ({
    page,
    context,
    visit,
    authenticator: phone,
  }) => {
    const { upstream } = await open(page, visit);
    const { identity } = (await readMe(page))!;
    await register(page);
    const passkeyOfPhone = await phone.credentials();
    await forgetSession(page);
    expect(await page.evaluate(() => signInAndOffer())).toMatchObject({
      authenticatorAttachment: 'cross-platform',
    });
    await expect(page.locator('#offer')).toBeVisible();
    for (const attachment of ['platform', 'cross-platform', null, 'any', 5, {}, ['cross-platform']]) {
      await forgetSession(page);
      const signed = await page.evaluate(
        async (said) => call('POST', 'ApproveChallenge', await sign({ attachment: said })),
        attachment,
      );
      expect(signed, String(attachment)).toMatchObject({ status: 200, identity });
      const offersPasskey = attachment === 'cross-platform';
      expect(await readMe(page), String(attachment)).toEqual({ identity, offersPasskey });
    }
    const sent = upstream.filter(({ path }) => path.endsWith('/ApproveChallenge'));
    for (const { body } of sent) {
      expect(JSON.parse(body).authenticatorAttachment).toMatch(/^(cross-)?platform$/);
    }
    // The user takes the offer, on a laptop that has no phone at hand.
    await phone.unplug();
    const laptop = await addAuthenticator(context);
    await page.locator('#offer').click();
    await expect(page.locator('#offer')).toBeHidden();
    expect(await list(page)).toHaveLength(2);
    expect(await laptop.credentials()).toHaveLength(1);
    await forgetSession(page);
    expect(await page.evaluate(() => signInAndOffer())).toMatchObject({
      authenticatorAttachment: 'platform',
    });
    await expect(page.locator('#offer')).toBeHidden();
    // The laptop's passkey is no phone's, whatever the page says.
    await page.evaluate(async () =>
      call('POST', 'ApproveChallenge', await sign({ attachment: 'cross-platform' })),
    );
    expect(await readMe(page)).toEqual({ identity, offersPasskey: false });
    expect(passkeyOfPhone).toHaveLength(1);
    await laptop.unplug();
  });
});

test('an app closes an account: its calls are refused, nothing of it is left, and the browser drops its passkey', async ({
  page,
  visit,
  authenticator,
}) => {
  const { admin, storage } = await open(page, visit);
  const { identity } = (await readMe(page))!;
  await register(page);
  const [old] = await authenticator.credentials();
  const [{ sid }] = (await list(page)) as [{ sid: string }];
  // The attacker's page has begun another registration before, and keeps what the browser made.
  await authenticator.clear();
  const begun = await page.evaluate(() => make());
  await authenticator.clear();
  await authenticator.add(old!);
  const kept = await page.context().cookies();
  expect(await page.evaluate(async () => (await fetch('/close', { method: 'POST' })).status)).toBe(204);
  await page.context().addCookies(kept);
  const answers = await page.evaluate(
    async ([factorSid, ceremony]) => [
      await call('POST', 'VerifyFactor', ceremony),
      await call('POST', 'Factors', {}),
      await call('GET', 'Factors'),
      await call('POST', `Factors/${factorSid}`, { friendly_name: 'Mine' }),
      await call('DELETE', `Factors/${factorSid}`),
    ],
    [sid, begun] as const,
  );
  expect(answers).toEqual(Array(5).fill({ status: 401, code: 'not_signed_in', identity: undefined }));
  expect(await admin.list(identity)).toEqual([]);
  expect([...storage.keys()].filter((key) => !key.endsWith(':alive'))).toEqual([]);
  expect(await authenticator.credentials()).toMatchObject([{ id: old!.id }]);
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 660_000; // What this browser has made is not recent any more.
  });
  expect(await page.evaluate(() => signInAndOffer())).toMatchObject({
    code: 'rejected',
    rejection: { code: 60390 },
  });
  expect(await readMe(page)).toBeNull();
  expect(await authenticator.credentials()).toEqual([]);
});
