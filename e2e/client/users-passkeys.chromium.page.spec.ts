/** The guide's page of a user's passkeys: cards, the guard of the last one, the step-up, closing, and support. */
import type { Page } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import { addAuthenticator } from 'verify-passkeys/playwright';
import { type Admin, createAdmin, type RelayConfig } from 'verify-passkeys/relay';
import { compileForm } from '../package/component.ts';
import { blocksOf, importBlock } from '../readme.ts';
import { expect, test } from '../test.ts';
import { accountSid, authToken, barePage, serviceFor, serviceSid, type WorldConfig } from '../world.ts';

type Hooks = Required<Pick<RelayConfig, 'identify' | 'onApproved' | 'onVerified' | 'onRemove'>>;
type Server = {
  createHooks(app: object): Hooks;
  createClose(app: object, admin: Admin): (request: Request) => Promise<Response>;
};
type Support = {
  createSupport(
    app: object,
    admin: Admin,
  ): { list(user: string): Promise<string[]>; remove(user: string, sid: string): Promise<void> };
};

const { createHooks, createClose } = await importBlock<Server>('// account.ts');
const { createSupport } = await importBlock<Support>('// support.ts');

const ada = '6f1d4f0e-0b0a-4f0e-9a52-2f2b3c4d5e6f';
const google = 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4';
const virtual = '01020304-0506-0708-0102-030405060708';

const ofGuide = (language: string, text: string) =>
  blocksOf(language).find(
    ({ document, code }) => document === 'demo/guides/users-passkeys.md' && code.includes(text),
  )!.code;

/** The app's part: sessions with a cookie, mail, and one emulator and store for relay and admin. */
function createApp() {
  const sessions = new Map<string, { user: string; confirmedAt: number }>();
  const mail: string[] = [];
  const down = { deleteUser: false };
  const app = {
    findSession: async (request: Request) =>
      sessions.get(/\bsession=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? ''),
    startSession: async (user: string) => {
      const id = crypto.randomUUID();
      sessions.set(id, { user, confirmedAt: Date.now() });
      return { 'set-cookie': `session=${id}; HttpOnly; SameSite=Strict; Path=/` };
    },
    tellUser: async (_: string, text: string) => void mail.push(text),
    deleteUser: async (user: string) => {
      if (down.deleteUser) throw new Error('the database is down');
      for (const [id, session] of sessions) if (session.user === user) sessions.delete(id);
    },
  };
  let emulator: ReturnType<typeof createEmulator> | undefined;
  const storage = new Map<string, string>();
  const verify = async (request: Request) => emulator!.fetch(request);
  const admin = createAdmin({ serviceSid, accountSid, authToken, storage, fetch: verify });
  const close = createClose(app, admin);
  const answer = async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/sign-in') return new Response(null, { headers: await app.startSession(ada) });
    if (pathname !== '/account/close') return undefined;
    return close(request).catch(() => new Response(null, { status: 500 }));
  };
  const world = {
    relay: { ...createHooks(app), storage },
    verify,
    app: answer,
    page: barePage + ofGuide('html', 'id="passkeys"'),
  } satisfies WorldConfig;
  return {
    app,
    admin,
    mail,
    down,
    world,
    /** The relying party's origin is known once the world has started. */
    open: (origin: string) => {
      emulator = createEmulator(serviceFor(origin));
    },
    /** Lets all sessions become eleven minutes older. */
    age: () => {
      for (const session of sessions.values()) session.confirmedAt -= 11 * 60_000;
    },
  };
}

const mount = async (page: Page) =>
  page.addScriptTag({ type: 'module', content: await compileForm('ts', ofGuide('ts', "'#passkeys'")) });

const say = (page: Page, text: string | RegExp) => expect(page.getByRole('status')).toHaveText(text);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Lets the page send another AAGUID, which no signature covers, with its next passkeys. */
async function claim(page: Page, aaguid: string) {
  await page.unrouteAll();
  const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex');
  await page.route('**/VerifyFactor', async (route) => {
    const body = route.request().postDataJSON();
    const bytes = Buffer.from(body.response.attestationObject, 'base64url');
    const at = bytes.indexOf(bytesOf(virtual));
    expect(at).toBeGreaterThan(0);
    bytesOf(aaguid).copy(bytes, at);
    body.response.attestationObject = bytes.toString('base64url');
    await route.continue({ postData: JSON.stringify(body) });
  });
}

test("a user sees each passkey's provider and last use, and changes its nickname", async ({
  page,
  visit,
}) => {
  const { world, open, mail } = createApp();
  const { origin } = await visit(world);
  open(origin);
  await page.evaluate(() => fetch('/sign-in'));
  await mount(page);
  await claim(page, google);
  await button(page, 'Add a passkey').click();
  const card = page.getByRole('listitem');
  await expect(card).toContainText(/In Google Password Manager · made .*\d · not used yet/);
  await expect(card.locator('img')).toHaveAttribute('src', '/providers/google.svg');
  await card.getByLabel('Nickname').fill('Work laptop');
  await card.getByLabel('Nickname').press('Enter');
  await say(page, 'The nickname is saved.');
  expect(mail).toEqual(['A passkey was added to your account: New passkey. Was it you?']);
  await page.evaluate(() => passkeys.authenticate());
  await page.reload();
  await mount(page);
  await expect(card).toContainText(/ · last used .*\d/);
  await expect(card.getByLabel('Nickname')).toHaveValue('Work laptop');
  // An authenticator that does not say what it is.
  await page.context().clearCookies();
  const other = createApp();
  other.open((await visit(other.world)).origin);
  await page.evaluate(() => fetch('/sign-in'));
  await mount(page);
  await claim(page, '00000000-0000-0000-0000-000000000000');
  await button(page, 'Add a passkey').click();
  await expect(card).toContainText('In your password manager or device');
});

test('a user cannot remove the last passkey, and hears where a removed one may still be', async ({
  page,
  visit,
  context,
  authenticator,
}) => {
  const { world, open } = createApp();
  open((await visit(world)).origin);
  await page.evaluate(() => fetch('/sign-in'));
  await mount(page);
  page.on('dialog', (dialog) => dialog.accept());
  await button(page, 'Add a passkey').click();
  await button(page, 'Remove New passkey').click();
  await say(page, 'This is your last passkey. Add another one before you remove it.');
  // A page of an attacker does not ask the guide's page.
  const { sid } = (await page.evaluate(() => passkeys.list()))[0]!;
  expect(await page.evaluate((factorSid) => outcome(passkeys.remove(factorSid)), sid)).toMatchObject({
    rejection: { code: 'not_allowed' },
  });
  await page.evaluate(() => passkeys.authenticate());
  // A second device.
  await authenticator.unplug();
  const phone = await addAuthenticator(context);
  await button(page, 'Add a passkey').click();
  await expect(page.getByRole('listitem')).toHaveCount(2);
  await button(page, 'Remove New passkey').last().click();
  await say(
    page,
    'New passkey signs nobody in any more. If your password manager or device still offers it, delete it there too.',
  );
  await expect(page.getByRole('listitem')).toHaveCount(1);
  await phone.unplug();
  page.removeAllListeners('dialog');
});

test('in a session that is not fresh a user reads the list, and confirms with a passkey before each change', async ({
  page,
  visit,
}) => {
  const { app, world, open, age } = createApp();
  open((await visit(world)).origin);
  await page.evaluate(() => fetch('/sign-in'));
  await page.evaluate(() => passkeys.register({ friendlyName: 'Laptop' }));
  age();
  await mount(page);
  await expect(page.getByRole('listitem')).toHaveCount(1);
  const { sid } = (await page.evaluate(() => passkeys.list()))[0]!;
  for (const refused of [
    await page.evaluate((factorSid) => outcome(passkeys.rename(factorSid, 'Mine')), sid),
    await page.evaluate((factorSid) => outcome(passkeys.remove(factorSid)), sid),
    await page.evaluate(() => outcome(passkeys.register())),
  ]) {
    expect(refused).toMatchObject({ code: 'not_signed_in' });
  }
  expect(await page.evaluate(() => fetch('/account/close', { method: 'POST' }).then((a) => a.status))).toBe(
    401,
  );
  const nickname = page.getByLabel('Nickname');
  await nickname.fill('Home');
  await nickname.press('Enter');
  await say(page, 'The nickname is saved.');
  const { onApproved } = createHooks(app);
  const stepUp = { identity: ada, askedFor: ada, userVerified: true };
  const request = new Request('https://login.example.com');
  for (const [change, answer] of [
    [{ userVerified: false }, false],
    [{ askedFor: '11111111-2222-4333-8444-555555555555' }, false],
    [{}, { 'set-cookie': expect.stringContaining('session=') }],
  ] as const) {
    expect(await onApproved({ ...stepUp, ...change } as never, request)).toEqual(answer);
  }
});

test('a user closes the account, also if that fails half way at first, and the passkey signs nobody in', async ({
  page,
  visit,
}) => {
  const { admin, world, open, age, down } = createApp();
  open((await visit(world)).origin);
  await page.evaluate(() => fetch('/sign-in'));
  await page.evaluate(() => passkeys.register({ friendlyName: 'Laptop' }));
  age();
  await mount(page);
  page.on('dialog', (dialog) => dialog.accept());
  down.deleteUser = true;
  await button(page, 'Close my account').click();
  await say(page, /^Something went wrong on this page\./);
  expect(await admin.list(ada)).toEqual([]);
  down.deleteUser = false;
  await button(page, 'Close my account').click();
  await page.waitForURL('**/closed');
  expect(await page.evaluate(() => outcome(passkeys.list()))).toMatchObject({ code: 'not_signed_in' });
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    rejection: { code: 60390 },
  });
  page.removeAllListeners('dialog');
});

test('support lists and removes the passkeys of a user, also the last one, and the user hears of it', async ({
  page,
  visit,
}) => {
  const { app, admin, world, open, mail } = createApp();
  open((await visit(world)).origin);
  await page.evaluate(() => fetch('/sign-in'));
  const { sid } = await page.evaluate(() => passkeys.register({ friendlyName: 'Laptop' }));
  const support = createSupport(app, admin);
  expect(await support.list(ada)).toEqual([`${sid}, Laptop, your password manager or device, never`]);
  await support.remove(ada, sid);
  expect(await support.list(ada)).toEqual([]);
  expect(mail.at(-1)).toMatch(/^Our support has removed a passkey/);
  expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
    rejection: { code: 60390 },
  });
});
