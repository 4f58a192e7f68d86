/** The guide's sign-up: a small app without passwords, in which a passkey creates the account. */
import type { Page } from '@playwright/test';
import { importBlock } from '../readme.ts';
import { expect, test } from '../test.ts';
import type { WorldConfig } from '../world.ts';

type Account = { identity: string; userName: string; hasPasskey: boolean };
type Session = { asked?: string; pending?: Account; user?: Account };
type Guide = { createHooks(app: object): NonNullable<WorldConfig['relay']> };

const { createHooks } = await importBlock<Guide>('createHooks');

/** The app's part: sessions with a cookie, accounts in a Map, a route that takes the user name and one that gives the user. */
function createApp() {
  const accounts = new Map<string, Account>();
  const sessions = new Map<string, Session>();
  const find = (request: Request) => {
    const id = /\bsession=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
    return id ? sessions.get(id) : undefined;
  };
  const start = (session: Session) => {
    const id = crypto.randomUUID();
    for (const [old, kept] of sessions) if (kept === session) sessions.delete(old);
    sessions.set(id, session);
    return { 'set-cookie': `session=${id}; HttpOnly; SameSite=Strict; Path=/` };
  };
  const hooks = createHooks({
    findSession: async (request: Request) => find(request),
    renewSession: async (session: Session) => start(session),
    findAccount: async (by: Partial<Account>) =>
      [...accounts.values()].find(
        ({ identity, userName }) => identity === by.identity || userName === by.userName,
      ),
    addAccount: async (account: Account) => void accounts.set(account.identity, account),
  });
  const answer = async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/name') {
      const headers = start({ asked: await request.text() });
      return new Response(null, { status: 204, headers });
    }
    return pathname === '/me' ? Response.json(find(request)?.user?.userName ?? null) : undefined;
  };
  return { accounts, world: { relay: hooks, app: answer } satisfies WorldConfig };
}

const type = (page: Page, name: string) =>
  page.evaluate((typed) => fetch('/name', { method: 'POST', body: typed }).then(() => {}), name);
const me = (page: Page) => page.evaluate(() => fetch('/me').then((response) => response.json()));
const register = (page: Page) => page.evaluate(() => outcome(passkeys.register()));
const authenticate = (page: Page) => page.evaluate(() => outcome(passkeys.authenticate()));
const leave = (page: Page) => page.context().clearCookies();

test('a user without an account signs up with only a passkey, and signs in with it later', async ({
  page,
  visit,
}) => {
  const { accounts, world } = createApp();
  await visit(world);
  expect(await register(page)).toMatchObject({ code: 'not_signed_in' });
  await type(page, 'ada');
  expect(await register(page)).toMatchObject({ value: { status: 'verified' } });
  expect(await me(page)).toBe('ada');
  expect([...accounts.values()]).toMatchObject([{ userName: 'ada', hasPasskey: true }]);
  await leave(page);
  expect(await me(page)).toBeNull();
  expect(await authenticate(page)).toMatchObject({ value: { status: 'approved' } });
  expect(await me(page)).toBe('ada');
});

test('a sign-up that is cancelled leaves no account and nobody signed in, and can be tried again', async ({
  page,
  visit,
}) => {
  const { accounts, world } = createApp();
  const { upstream } = await visit(world);
  await type(page, 'ada');
  const cancelled = await page.evaluate(() => {
    const { create } = navigator.credentials;
    navigator.credentials.create = async () => {
      navigator.credentials.create = create;
      throw new DOMException('The operation either timed out or was not allowed.', 'NotAllowedError');
    };
    return outcome(passkeys.register());
  });
  expect(cancelled).toMatchObject({ code: 'cancelled' });
  expect(await me(page)).toBeNull();
  expect(accounts.size).toBe(0);
  // A visitor who has only begun a sign-up cannot list passkeys.
  expect(await page.evaluate(() => outcome(passkeys.list()))).toMatchObject({ code: 'not_signed_in' });
  expect(await register(page)).toMatchObject({ value: { status: 'verified' } });
  expect(await me(page)).toBe('ada');
  const identities = upstream
    .filter(({ path }) => path.endsWith('/Passkeys/Factors'))
    .map(({ body }) => JSON.parse(body).identity);
  expect(identities).toHaveLength(2);
  expect(new Set(identities).size).toBe(1);
});

test('if the app asks for the user name first, only passkeys of that user are offered', async ({
  page,
  visit,
}) => {
  const { accounts, world } = createApp();
  const { upstream } = await visit(world);
  for (const name of ['ada', 'bob']) {
    await type(page, name);
    expect(await register(page)).toMatchObject({ value: { status: 'verified' } });
    await leave(page);
  }
  for (const name of ['ada', 'bob']) {
    await type(page, name);
    expect(await authenticate(page)).toMatchObject({ value: { status: 'approved' } });
    expect(await me(page)).toBe(name);
    const begun = upstream.filter(({ path }) => path.endsWith('/Challenges')).at(-1)!;
    const account = [...accounts.values()].find(({ userName }) => userName === name);
    expect(JSON.parse(begun.body)).toEqual({ identity: account!.identity });
  }
});

test('with an unknown user name, any passkey can sign in', async ({ page, visit }) => {
  const { world } = createApp();
  const { upstream } = await visit(world);
  await type(page, 'ada');
  await register(page);
  await leave(page);
  await type(page, 'eve');
  expect(await authenticate(page)).toMatchObject({ value: { status: 'approved' } });
  expect(await me(page)).toBe('ada');
  expect(JSON.parse(upstream.filter(({ path }) => path.endsWith('/Challenges')).at(-1)!.body)).toEqual({});
});
