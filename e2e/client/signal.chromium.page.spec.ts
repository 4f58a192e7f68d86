/** Chromium is told that these are all of a user's passkeys only if nothing speaks against it. */
import type { Page } from '@playwright/test';
import { accountFaults } from '#account-fault';
import { makeInSilence } from '../silent-passkey.ts';
import { expect, test } from '../test.ts';

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

/** Lets the page's clock run ahead. After eleven minutes, what this browser has made is not recent any more. */
const setAhead = (page: Page, milliseconds: number) =>
  page.evaluate((ahead) => {
    const { now } = Date;
    Date.now = () => now() + ahead;
  }, milliseconds);

/** A Verify that finds no passkey at a sign-in. */
const findNone = async (request: Request) =>
  isRoute(request, 'POST', '/ApproveChallenge')
    ? Response.json({ code: 60390, status: 404, message: 'No' }, { status: 404 })
    : undefined;

for (const [how, tab, make, ends] of [
  ['register()', 'the same page', () => outcome(passkeys.register()), 'verified'],
  ['register()', 'another tab', () => outcome(passkeys.register()), 'verified'],
  ['upgrade()', 'another tab', () => outcome(passkeys.upgrade()), 'verified'],
  [
    'prepareRegister()',
    'another tab',
    () => outcome(passkeys.prepareRegister().then(({ run }) => run())),
    'verified',
  ],
  [
    'a register() whose answer comes too late',
    'the same page',
    () => outcome(sdk.createPasskeys({ baseUrl: '/passkeys', timeout: 1500 }).register()),
    'timed_out',
  ],
] as const) {
  test(`a list of ${tab} that runs while the passkey of ${how} is being verified leaves it, and it signs in`, async ({
    page,
    visit,
    context,
    authenticator,
  }) => {
    const gate = createGate();
    let registrations = 0;
    const { origin } = await visit({
      // The relay itself waits as long as the test lets it.
      relay: { timeout: 60_000 },
      verify: async (request) => {
        if (isRoute(request, 'POST', '/VerifyFactor') && ++registrations === 2) await gate.pass();
        return undefined;
      },
    });
    await makeInSilence(page);
    expect(await register(page)).toMatchObject({ value: { status: 'verified' } });
    // The first is on another device: an authenticator holds one passkey of a user.
    const [first] = await authenticator.credentials();
    await authenticator.clear();
    const second = page.evaluate(make);
    await gate.waits;
    const ended = ends === 'verified' ? undefined : await second;
    const other = tab === 'the same page' ? page : await context.newPage();
    if (other !== page) await other.goto(origin);
    await tellComplete(other);
    expect(await list(other)).toMatchObject({ value: [{ credentialId: first!.id }] });
    gate.open();
    expect(ended ?? (await second)).toMatchObject(
      ends === 'verified' ? { value: { status: ends } } : { code: ends },
    );
    expect(await authenticator.credentials()).toHaveLength(1);
    await page.bringToFront();
    await expect(async () =>
      expect(await page.evaluate(() => outcome(passkeys.authenticate()))).toMatchObject({
        value: { status: 'approved' },
      }),
    ).toPass();
    expect(await authenticator.credentials()).toHaveLength(1);
  });
}

/** From now on every list of the page says that it is complete, as that of a back end that does not know better. */
const tellComplete = (page: Page) =>
  page.evaluate(() => {
    const { fetch } = globalThis;
    globalThis.fetch = async (input, init) => {
      const answer = await fetch(input, init);
      const isList = (init?.method ?? (input as Request).method) === 'GET' && answer.ok;
      return isList ? Response.json({ ...(await answer.json()), complete: true }) : answer;
    };
  });

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
    'the storage forgets what is written',
    () => {
      localStorage.clear();
      Storage.prototype.setItem = () => {};
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
  ['huge', JSON.stringify({ at: Date.now() - 660_000, id: 'x'.repeat(100_000) })],
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
    await page.evaluate((stored) => {
      localStorage.clear();
      localStorage.setItem('verify-passkeys.recent.x', stored);
    }, value);
    await tellOlder(page);
    expect(await authenticator.credentials()).toHaveLength(1);
    await setAhead(page, 601_000);
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

/** The refusals that blame the credential itself, and others. */
const refusals: [status: number, code: number | string, isDropped: boolean][] = [
  ...[60311, 60324, 60375, 60376, 60377, 60378, 60379, 60380, 60381, 60385, 60386, 60387].map(
    (code): [number, number, boolean] => [code < 60370 ? 403 : 400, code, true],
  ),
  [403, 'not_allowed', true],
  [403, 'blocked_by_firewall', false],
  [401, 'not_signed_in', false],
  [409, 'ceremony_mismatch', false],
  [413, 'body_too_large', false],
  [429, 20429, false],
  [403, 60382, false],
  [403, 20403, false],
  [404, 60390, false],
  [500, 60311, false],
];

test('the browser drops a new passkey if VerifyFactor refuses the credential itself, and keeps it otherwise', async ({
  page,
  visit,
  authenticator,
}) => {
  let refusal: (typeof refusals)[number];
  await visit({
    answer: async ({ url }) => {
      const [status, code] = refusal;
      const isFinish = url.endsWith('/VerifyFactor');
      return isFinish ? Response.json({ code, status, message: 'No' }, { status }) : undefined;
    },
  });
  for (refusal of refusals) {
    const [status, code, isDropped] = refusal;
    expect(await register(page), `${status} ${code}`).toMatchObject({ rejection: { code } });
    expect(await authenticator.credentials(), `${status} ${code}`).toHaveLength(isDropped ? 0 : 1);
  }
});

/** Counts how often the page tells its browser that these are all passkeys, and does not disturb it. */
const countTold = (page: Page) =>
  page.evaluate(() => {
    const { signalAllAcceptedCredentials: tell } = PublicKeyCredential as never as Record<string, Tell>;
    type Tell = (options: object) => Promise<void>;
    const told: object[] = [];
    Object.assign(globalThis, { told });
    Object.assign(PublicKeyCredential, {
      signalAllAcceptedCredentials: (options: object) => {
        told.push(options);
        return tell!.call(PublicKeyCredential, options);
      },
    });
  });
const readTold = (page: Page) => page.evaluate('told.length');

test('of a list that was asked for before the one that the browser was told of last, nothing is told', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await registerTwo(page, authenticator.clear);
  await setAhead(page, 660_000);
  await page.evaluate(async () => {
    const { fetch } = globalThis;
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    let lists = 0;
    globalThis.fetch = async (input, init) => {
      const first = ++lists === 1;
      const answer = await (await fetch(input, init)).json();
      if (first) await opened;
      return Response.json({ ...answer, complete: true, factors: answer.factors.slice(0, first ? 1 : 2) });
    };
    const older = passkeys.list();
    await passkeys.list();
    open();
    await older;
    globalThis.fetch = fetch;
  });
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('of a list that was asked for before a removal, nothing is told, and of one after it everything', async ({
  page,
  visit,
  authenticator,
}) => {
  const gate = createGate();
  let holds = false;
  await visit({
    answer: async (request) => {
      if (holds && isRoute(request, 'GET', '/Factors')) {
        holds = false;
        await gate.pass();
      }
      return undefined;
    },
  });
  await registerTwo(page, authenticator.clear);
  await countTold(page);
  const [newest] = await authenticator.credentials();
  const { value } = (await list(page)) as { value: { sid: string; credentialId: string }[] };
  expect(await readTold(page)).toBe(1);
  holds = true;
  const older = list(page);
  await gate.waits;
  const { sid } = value.find(({ credentialId }) => credentialId === newest!.id)!;
  await page.evaluate((factorSid) => passkeys.remove(factorSid), sid);
  gate.open();
  expect(await older).toMatchObject({ value: [{}] });
  expect(await readTold(page)).toBe(1);
  await tellComplete(page);
  // The removed passkey is recent no more: it speaks against nothing.
  expect(await list(page)).toMatchObject({ value: [{}] });
  expect(await readTold(page)).toBe(2);
});

test('an answer to remove() that names another passkey makes the browser drop none', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await registerTwo(page, authenticator.clear);
  await page.evaluate(async () => {
    const [first, second] = (await passkeys.list()) as [{ sid: string }, { sid: string }];
    const { fetch } = globalThis;
    globalThis.fetch = async (input, init) => {
      const answer = await (await fetch(input, init)).json();
      return Response.json({ ...answer, sid: second.sid });
    };
    // The newest is the one that this browser holds.
    await passkeys.remove(first.sid).catch(() => {});
    globalThis.fetch = fetch;
  });
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('while a passkey is being made nothing is told, and of one that was never made nothing is left', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit();
  await register(page);
  await authenticator.clear();
  await countTold(page);
  await authenticator.hold();
  const making = page.evaluate(() => {
    const stop = new AbortController();
    Object.assign(globalThis, { stop });
    return outcome(passkeys.register({ signal: stop.signal }));
  });
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).length)).toBe(2);
  await list(page);
  expect(await readTold(page)).toBe(0);
  await page.evaluate('stop.abort()');
  expect(await making).toMatchObject({ code: 'aborted' });
  await list(page);
  expect(await readTold(page)).toBe(1);
});

test('nothing is told of a list with a passkey of unknown id, or without the id of the user', async ({
  page,
  visit,
}) => {
  await visit();
  await register(page);
  await countTold(page);
  await setAhead(page, 660_000);
  await page.evaluate(async () => {
    const { fetch } = globalThis;
    const listWith = async (change: object) => {
      globalThis.fetch = async (input, init) => {
        const answer = await (await fetch(input, init)).json();
        const [factor] = answer.factors;
        const other = { ...factor, sid: `YF${'9'.repeat(32)}`, credential_id: 'AAAA' };
        return Response.json({
          ...answer,
          complete: true,
          factors: [factor, other].map((each, i) => ({
            ...each,
            ...(i === 1 || 'entity_sid' in change ? change : {}),
          })),
        });
      };
      await passkeys.list();
    };
    await listWith({ credential_id: undefined });
    await listWith({ entity_sid: undefined });
  });
  expect(await readTold(page)).toBe(0);
});

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
  await setAhead(page, 660_000);
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

test('a sign-in that Verify answers with 60390 leaves every passkey while an item in the storage is in doubt', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit({ answer: findNone });
  await register(page);
  await page.reload();
  await page.evaluate(() => {
    localStorage.clear();
    localStorage.setItem('verify-passkeys.recent.x', 'half an it');
  });
  const ended = await page.evaluate(() => outcome(passkeys.authenticate()));
  expect(ended).toMatchObject({ rejection: { code: 60390 } });
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('a sign-in that Verify answers with 60390 leaves a passkey that this browser has just made', async ({
  page,
  visit,
  authenticator,
}) => {
  await visit({ answer: findNone });
  await register(page);
  const signIn = () => page.evaluate(() => outcome(passkeys.authenticate()));
  expect(await signIn()).toMatchObject({ rejection: { code: 60390 } });
  expect(await authenticator.credentials()).toHaveLength(1);
  await setAhead(page, 601_000);
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
    await setAhead(page, 660_000);
    await page.evaluate(async (isComplete) => {
      const { fetch } = globalThis;
      globalThis.fetch = async (input, init) => {
        const answer = await (await fetch(input, init)).json();
        return Response.json({ ...answer, complete: isComplete, factors: answer.factors.slice(0, 1) });
      };
      await passkeys.list();
    }, complete);
    expect(await authenticator.credentials()).toHaveLength(1);
  });
}
