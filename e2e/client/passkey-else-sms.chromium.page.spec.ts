/** The guide's sign-in: a passkey, else a code by SMS through the same Service, and then a passkey for the same user. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import twilio from 'twilio';
import { compileForm } from '../package/component.ts';
import { blocksOf, importBlock } from '../readme.ts';
import { makeInSilence } from '../silent-passkey.ts';
import { expect, test } from '../test.ts';
import { accountSid, authToken, barePage, basic, serviceSid, type WorldConfig } from '../world.ts';

type Account = { identity: string; phone: string; hasPasskey: boolean; acceptsSms: boolean };
type Session = { asked?: string; user?: string; by?: 'sms' | 'passkey' };
type Sms = {
  start(request: Request, ip: string): Promise<Response>;
  check(request: Request): Promise<Response>;
};
type Guide = {
  createSms(app: object, client: object, serviceSid: string): Sms;
  createHooks(app: object): NonNullable<WorldConfig['relay']>;
};

const { createSms, createHooks } = await importBlock<Guide>('// sms.ts');

/**
 * Plays Verify's two routes for SMS as Twilio documents them: a wrong code is "pending", a sixth try is 60202, and a
 * code that was used or never sent is not found.
 */
function playSms() {
  const sent: { path: string; form: Record<string, string> }[] = [];
  const pending = new Map<string, { tries: number }>();
  const answer = (path: string, form: Record<string, string>): [number, object] => {
    const to = form.To!;
    if (path === `/v2/Services/${serviceSid}/Verifications`) {
      sent.push({ path, form });
      pending.set(to, { tries: 0 });
      return [201, { sid: `VE${'3'.repeat(32)}`, to, channel: form.Channel, status: 'pending' }];
    }
    const verification = pending.get(to);
    if (path !== `/v2/Services/${serviceSid}/VerificationCheck` || !verification) {
      return [404, { code: 20404, message: `The requested resource ${path} was not found`, status: 404 }];
    }
    if (++verification.tries > 5) {
      return [429, { code: 60202, message: 'Max check attempts reached', status: 429 }];
    }
    if (form.Code !== '123456') return [200, { to, status: 'pending', valid: false }];
    pending.delete(to);
    return [200, { to, status: 'approved', valid: true }];
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
    const isKnown = request.headers.authorization === basic && isForm && request.method === 'POST';
    const [status, json] = isKnown
      ? answer(request.url!, Object.fromEntries(new URLSearchParams(body)))
      : [401, { code: 20003, status: 401 }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  return { server, sent };
}

let verify: Server;
let sent: ReturnType<typeof playSms>['sent'];
test.beforeEach(async () => {
  ({ server: verify, sent } = playSms());
  await once(verify.listen(0, 'localhost'), 'listening');
});
test.afterEach(() => {
  verify.closeAllConnections();
  verify.close();
});

/** Twilio's library, which calls the stand-in in the place of verify.twilio.com. */
function connect() {
  const httpClient = new twilio.RequestClient();
  const send = httpClient.request.bind(httpClient);
  const base = `http://localhost:${(verify.address() as AddressInfo).port}`;
  httpClient.request = (options) =>
    send({ ...options, uri: options.uri.replace('https://verify.twilio.com', base) });
  return twilio(accountSid, authToken, { httpClient });
}

const ada = '6f1d4f0e-0b0a-4f0e-9a52-2f2b3c4d5e6f';
const phone = '+491512345678';

/** The app's part: sessions with a cookie, and one account. */
function createApp(change: Partial<Account> = {}) {
  const account: Account = { identity: ada, phone, hasPasskey: false, acceptsSms: true, ...change };
  const sessions = new Map<string, Session>();
  const idOf = (request: Request) => /\bsession=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
  const app = {
    findSession: async (request: Request) => sessions.get(idOf(request) ?? ''),
    startSession: async (session: Session) => {
      const id = crypto.randomUUID();
      sessions.set(id, session);
      return { 'set-cookie': `session=${id}; HttpOnly; SameSite=Strict; Path=/` };
    },
    findAccount: async (by: Partial<Account>) =>
      account.identity === by.identity || account.phone === by.phone ? account : undefined,
  };
  const sms = createSms(app, connect(), serviceSid);
  const answer = async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/sms/start') return sms.start(request, '203.0.113.7');
    if (pathname === '/sms/check') return sms.check(request);
    return pathname === '/me' ? Response.json((await app.findSession(request)) ?? null) : undefined;
  };
  const html = ofGuide('html', 'id="phone"');
  return { relay: createHooks(app), app: answer, page: barePage + html } satisfies WorldConfig;
}

const ofGuide = (language: string, text: string) =>
  blocksOf(language).find(
    ({ document, code }) => document === 'demo/guides/passkey-else-sms.md' && code.includes(text),
  )!.code;

const mount = async (page: Page) =>
  page.addScriptTag({ type: 'module', content: await compileForm('ts', ofGuide('ts', "'/sms/start'")) });

const me = (page: Page) => page.evaluate(() => fetch('/me').then((response) => response.json()));
const post = (page: Page, route: string, body: string) =>
  page.evaluate(
    ([name, form]) => fetch(`/sms/${name}`, { method: 'POST', body: form }).then(({ status }) => status),
    [route, body] as const,
  );

test('a user without a passkey signs in by SMS through the same Service, gets one silently, and signs in with it', async ({
  page,
  visit,
  authenticator,
}) => {
  const { origin, upstream } = await visit(createApp());
  await makeInSilence(page);
  await mount(page);
  const passkey = page.getByRole('button', { name: 'Sign in with a passkey' });
  await authenticator.refuse();
  await passkey.click();
  await page.getByLabel('Phone number').fill('+49 151 2345-678');
  await authenticator.confirm();
  await page.getByRole('button', { name: 'Send me a code' }).click();
  const code = page.getByLabel('Code');
  await code.fill('000000');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('This code is wrong or too old. Ask for a new one.');
  expect(await me(page)).toEqual({ asked: phone });
  await code.fill('123456');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL('**/account');
  expect(await me(page)).toEqual({ user: ada, by: 'sms' });
  const form = { To: phone, Channel: 'sms', RateLimits: '{"end_user_ip_address":"203.0.113.7"}' };
  expect(sent).toEqual([{ path: `/v2/Services/${serviceSid}/Verifications`, form }]);
  const made = upstream.find(({ path }) => path.endsWith('/Factors'))!;
  expect(made.path).toContain(`/v2/Services/${serviceSid}/`);
  expect(JSON.parse(made.body).identity).toBe(ada);
  await page.context().clearCookies();
  await page.goto(origin);
  await mount(page);
  await passkey.click();
  await page.waitForURL('**/account');
  expect(await me(page)).toEqual({ user: ada, by: 'passkey' });
  await page.goto(origin);
});

test('a code that was used, was tried too often or belongs to another browser signs nobody in', async ({
  page,
  visit,
}) => {
  await visit(createApp());
  expect(await post(page, 'check', '123456')).toBe(403);
  await post(page, 'start', phone);
  expect(await post(page, 'check', '123456')).toBe(204);
  await post(page, 'start', phone);
  for (let tries = 0; tries < 5; tries++) expect(await post(page, 'check', '000000')).toBe(403);
  expect(await post(page, 'check', '123456')).toBe(403);
  expect(await me(page)).toEqual({ asked: phone });
  await page.context().clearCookies();
  await post(page, 'start', phone);
  await page.context().clearCookies();
  expect(await post(page, 'check', '123456')).toBe(403);
});

test('nobody pays for a message to an unknown number, to a country that is not listed, or to a user who has dropped SMS', async ({
  page,
  visit,
}) => {
  await visit(createApp());
  expect(await post(page, 'start', '+491599999999')).toBe(204);
  await visit(createApp({ phone: '+881612345678' }));
  expect(await post(page, 'start', '+881612345678')).toBe(204);
  await visit(createApp({ acceptsSms: false }));
  expect(await post(page, 'start', phone)).toBe(204);
  expect(await post(page, 'check', '123456')).toBe(403);
  expect(sent).toEqual([]);
});

test('an SMS makes the first passkey and no other, and neither lists nor removes passkeys', async ({
  page,
  visit,
}) => {
  await visit(createApp());
  const bySms = async () => {
    await post(page, 'start', phone);
    expect(await post(page, 'check', '123456')).toBe(204);
  };
  await bySms();
  const { value } = await page.evaluate(() => outcome(passkeys.register()));
  expect(value).toMatchObject({ identity: ada });
  const { sid } = value as { sid: string };
  await bySms();
  for (const refused of [
    await page.evaluate(() => outcome(passkeys.register())),
    await page.evaluate(() => outcome(passkeys.list())),
    await page.evaluate((factorSid) => outcome(passkeys.remove(factorSid)), sid),
  ]) {
    expect(refused).toMatchObject({ code: 'not_signed_in' });
  }
  await page.evaluate(() => passkeys.authenticate());
  expect(await page.evaluate(() => passkeys.list())).toHaveLength(1);
  expect(await page.evaluate((factorSid) => outcome(passkeys.remove(factorSid)), sid)).toMatchObject({
    rejection: { code: 'not_allowed' },
  });
});
