/** Chromium is told that these are all of a user's passkeys only if nothing speaks against it. */
import type { Page } from '@playwright/test';
import { accountFaults } from '#account-fault';
import { expect, isolated as test } from '../test.ts';

const register = (page: Page) => page.evaluate(() => outcome(passkeys.register()));
const list = (page: Page) => page.evaluate(() => outcome(passkeys.list()));
const isRoute = (request: Request, method: string, route: string) =>
  request.method === method && new URL(request.url).pathname.endsWith(route);

/** A gate that holds what passes it until it is opened. */
function createGate() {
  let open = () => {};
  let reached = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const waits = new Promise<void>((resolve) => {
    reached = resolve;
  });
  return {
    open,
    waits,
    async pass() {
      reached();
      await opened;
    },
  };
}

for (const tab of ['the same page', 'another tab'] as const) {
  test(`a list of ${tab} that runs while a second passkey is being verified leaves it, and it signs in`, async ({
    page,
    visit,
    context,
    authenticator,
  }) => {
    const gate = createGate();
    let registrations = 0;
    const { origin } = await visit({
      verify: async (request) => {
        if (isRoute(request, 'POST', '/VerifyFactor') && ++registrations === 2) await gate.pass();
        return undefined;
      },
    });
    expect(await register(page)).toMatchObject({ value: { status: 'verified' } });
    // The first is on another device: an authenticator holds one passkey of a user.
    const [first] = await authenticator.credentials();
    await authenticator.clear();
    const second = register(page);
    await gate.waits;
    const other = tab === 'the same page' ? page : await context.newPage();
    if (other !== page) await other.goto(origin);
    expect(await list(other)).toMatchObject({ value: [{ credentialId: first!.id }] });
    gate.open();
    expect(await second).toMatchObject({ value: { status: 'verified' } });
    expect(await authenticator.credentials()).toHaveLength(1);
    await page.bringToFront();
    expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
      value: { status: 'approved' },
    });
  });
}

/** Registers a passkey, which then is another device's, and a second one, which this browser holds. */
async function registerTwo(page: Page, clear: () => Promise<void>) {
  await register(page);
  await clear();
  await register(page);
}

/** Answers the next list of the page without its newest passkey, as complete. */
const tellOlder = (page: Page) =>
  page.evaluate(async () => {
    const { fetch } = globalThis;
    globalThis.fetch = async (input, init) => {
      const answer = await (await fetch(input, init)).json();
      return Response.json({ ...answer, complete: true, factors: answer.factors.slice(0, 1) });
    };
    try {
      await passkeys.list();
    } finally {
      globalThis.fetch = fetch;
    }
  });

for (const [what, prepare, isKept] of [
  ['nothing else happened', () => {}, true],
  ['the app clears its storage', () => localStorage.clear(), true],
  [
    'the storage is refused',
    () => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    },
    true,
  ],
  [
    'eleven minutes have passed',
    () => {
      const { now } = Date;
      // The list is answered at once.
      Date.now = () => now() + 660_000;
    },
    false,
  ],
] as const) {
  test(`after a list without the newest passkey, this browser ${isKept ? 'keeps' : 'drops'} it if ${what}`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit();
    await registerTwo(page, authenticator.clear);
    await page.evaluate(prepare);
    await tellOlder(page);
    // The list waits for the browser to be told.
    expect(await authenticator.credentials()).toHaveLength(isKept ? 1 : 0);
  });
}

for (const [what, value] of [
  ['malformed', '{"at":'],
  ['huge', 'x'.repeat(100_000)],
  ['of another version', '{"version":9,"made":[]}'],
  ['of the future', JSON.stringify({ at: Date.now() + 10 * 365 * 86_400_000, id: 'AAAA' })],
] as const) {
  test(`an item in the storage that is ${what} means doubt for ten minutes, and no longer`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit();
    await registerTwo(page, authenticator.clear);
    // This page remembers nothing itself.
    await page.reload();
    await page.evaluate((value) => {
      localStorage.clear();
      localStorage.setItem('verify-passkeys.recent.x', value);
    }, value);
    await tellOlder(page);
    expect(await authenticator.credentials()).toHaveLength(1);
    await page.evaluate(() => {
      const { now } = Date;
      Date.now = () => now() + 601_000;
    });
    await tellOlder(page);
    expect(await authenticator.credentials()).toHaveLength(0);
  });
}

test('a list that the page reads long after it asked for it, as a tab that slept does, is not told', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await registerTwo(page, authenticator.clear);
  await page.evaluate(async () => {
    const { now } = Date;
    const { fetch } = globalThis;
    globalThis.fetch = async (input, init) => {
      const answer = await (await fetch(input, init)).json();
      Date.now = () => now() + 3_600_000;
      return Response.json({ ...answer, complete: true, factors: answer.factors.slice(0, 1) });
    };
    await passkeys.list();
  });
  expect(await authenticator.credentials()).toHaveLength(1);
});

for (const [status, code, isDropped] of [
  [403, 60311, true],
  [403, 'not_allowed', true],
  [403, 'blocked_by_firewall', false],
  [401, 'not_signed_in', false],
  [409, 'ceremony_mismatch', false],
  [413, 'body_too_large', false],
  [429, 20429, false],
  [403, 60382, false],
  [403, 20403, false],
  [404, 60390, false],
] as const) {
  test(`the browser ${isDropped ? 'drops' : 'keeps'} a new passkey if VerifyFactor is answered with ${status} ${code}`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit({
      answer: async ({ url }) =>
        url.endsWith('/VerifyFactor')
          ? Response.json({ code, status, message: 'No' }, { status })
          : undefined,
    });
    expect(await register(page)).toMatchObject({ rejection: { code } });
    expect(await authenticator.credentials()).toHaveLength(isDropped ? 0 : 1);
  });
}

test('a fault of the account makes the browser drop no passkey, new or old', async ({
  page,
  visit,
  authenticator,
}) => {
  let code = 0;
  await visit({
    verify: async (request) => {
      const isFinish =
        isRoute(request, 'POST', '/VerifyFactor') || isRoute(request, 'POST', '/ApproveChallenge');
      if (!code || !isFinish) return undefined;
      return Response.json({ code, status: 403, message: 'No', more_info: null }, { status: 403 });
    },
  });
  await register(page);
  await page.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() + 660_000; // What this browser has made is not recent any more.
  });
  const [held] = await authenticator.credentials();
  const misconfigured = { code: 'rejected', rejection: { code: 'misconfigured', status: 502 } };
  for (const number of Object.keys(accountFaults)) {
    code = Number(number);
    expect(await page.evaluate(() => outcome(passkeys.authenticate())), number).toMatchObject(misconfigured);
    expect(await authenticator.credentials(), number).toMatchObject([{ id: held!.id }]);
  }
  await authenticator.clear();
  for (const number of Object.keys(accountFaults)) {
    code = Number(number);
    expect(await register(page), number).toMatchObject(misconfigured);
    expect(await authenticator.credentials(), number).toHaveLength(1);
  }
});

test('a sign-in that Verify answers with 60390 leaves a passkey that this browser has just made', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit({
    answer: async ({ url }) =>
      url.endsWith('/ApproveChallenge')
        ? Response.json({ code: 60390, status: 404, message: 'No' }, { status: 404 })
        : undefined,
  });
  await register(page);
  const signIn = () => page.evaluate(() => outcome(passkeys.authenticate()));
  expect(await signIn()).toMatchObject({ rejection: { code: 60390 } });
  expect(await authenticator.credentials()).toHaveLength(1);
  await page.evaluate(() => {
    const { now } = Date;
    Date.now = () => now() + 601_000;
  });
  expect(await signIn()).toMatchObject({ rejection: { code: 60390 } });
  expect(await authenticator.credentials()).toHaveLength(0);
});

for (const complete of [undefined, null, false, 'true', 1]) {
  test(`a passkey that is missing from a list stays if the server says complete: ${JSON.stringify(complete)}`, async ({
    page,
    visit,
    authenticator,
  }) => {
    await visit();
    await registerTwo(page, authenticator.clear);
    await page.evaluate(async (complete) => {
      const { now } = Date;
      Date.now = () => now() + 660_000; // What this browser has made is not recent any more.
      const { fetch } = globalThis;
      globalThis.fetch = async (input, init) => {
        const answer = await (await fetch(input, init)).json();
        return Response.json({ ...answer, complete, factors: answer.factors.slice(0, 1) });
      };
      await passkeys.list();
    }, complete);
    expect(await authenticator.credentials()).toHaveLength(1);
  });
}
