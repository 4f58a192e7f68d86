/**
 * Orders of registrations, upgrades, lists, removals, sign-ins and page loads, drawn at random, in two tabs of two
 * devices, with a Verify whose lists lag and whose answers get lost. SIGNAL_ORDERS says how many orders to draw, and
 * SIGNAL_SEED with which seed to begin.
 */
import type { Page } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import { type Authenticator, addAuthenticator } from 'verify-passkeys/playwright';
import { createRandom } from '../soak/random.ts';
import { expect, isolated as test } from '../test.ts';
import { identity, type Outcome, serviceFor } from '../world.ts';

const orders = Number(process.env.SIGNAL_ORDERS ?? 2);
const firstSeed = Number(process.env.SIGNAL_SEED ?? 1);
const stepsOfOrder = 12;

type Draw = (below: number) => number;

/** Draws whole numbers from 0 up to but not including `below`. */
function createDraw(seed: number): Draw {
  const random = createRandom(seed);
  return (below) => Math.floor(random.next() * below);
}

/** Verify, but it finds a new passkey only after `catchUp`, and it refuses some passkeys or loses the answer to some. */
function createLaggingVerify(origin: string, draw: Draw) {
  const storage = new Map<string, unknown>();
  const emulator = createEmulator({ ...serviceFor(origin), storage });
  const hidden = new Set<string>();
  const refuse = (code: number, status: number) =>
    Response.json({ code, status, message: 'No', more_info: null }, { status });
  return {
    catchUp: () => hidden.clear(),
    /** The ids of the passkeys that Verify holds as verified. */
    verified: () =>
      [...storage.keys()].flatMap((key) => (key.startsWith('credential:') ? key.slice(11) : [])),
    async fetch(request: Request): Promise<Response> {
      const { pathname } = new URL(request.url);
      const factor = /\/Factors\/(YF\w+)$/.exec(pathname)?.[1];
      if (factor && request.method === 'GET' && hidden.has(factor)) return refuse(60390, 404);
      if (pathname.endsWith('/VerifyFactor') && draw(5) === 0) return refuse(60311, 403);
      if (pathname.endsWith('/ApproveChallenge')) {
        const { id } = (await request.clone().json()) as { id: string };
        if (hidden.has(String(storage.get(`credential:${id}`)))) return refuse(60390, 404);
      }
      const answer = await emulator.fetch(request);
      if (pathname.endsWith('/VerifyFactor') && answer.ok) {
        const { sid } = (await answer.clone().json()) as { sid: string };
        if (draw(2) === 0) hidden.add(sid);
        if (draw(4) === 0) return new Response('<h1>Bad gateway</h1>', { status: 502 });
      }
      if (pathname.endsWith('/Factors') && request.method === 'GET' && answer.ok) {
        const list = (await answer.json()) as { factors: { sid: string }[] };
        return Response.json({ ...list, factors: list.factors.filter(({ sid }) => !hidden.has(sid)) });
      }
      return answer;
    },
  };
}

type Device = { tabs: [Page, Page]; authenticator: Authenticator };

/** Makes `upgrade` work: headless Chromium never answers a conditional create, so a plain one makes the passkey. */
function makeWithoutPrompt() {
  Object.assign(PublicKeyCredential, { getClientCapabilities: async () => ({ conditionalCreate: true }) });
  const create = navigator.credentials.create.bind(navigator.credentials);
  navigator.credentials.create = (options) => create({ publicKey: options!.publicKey! });
}

for (let seed = firstSeed; seed < firstSeed + orders; seed++) {
  test(`no passkey that Verify holds leaves its authenticator but by remove(), in the random order ${seed}`, async ({
    browser,
    visit,
    context,
    page,
    authenticator,
  }) => {
    const draw = createDraw(seed);
    // What calls meet is drawn apart, so that the steps do not depend on how fast they are.
    const drawFault = createDraw(1000 + seed);
    let verify: ReturnType<typeof createLaggingVerify> | undefined;
    const { origin } = await visit({
      relay: {
        identify: (_, step) => (step === 'authenticate' ? null : { identity }),
        fetch: (request: Request) => verify!.fetch(request),
      },
    });
    verify = createLaggingVerify(origin, drawFault);
    const phoneContext = await browser.newContext();
    const phone = await addAuthenticator(phoneContext);
    const devices: Device[] = [
      { tabs: [page, await context.newPage()], authenticator },
      { tabs: [await phoneContext.newPage(), await phoneContext.newPage()], authenticator: phone },
    ];
    for (const { tabs } of devices) {
      await tabs[0].context().route('**/passkeys/Factors', async (route) => {
        // A list may be answered long after it was made.
        const answer = await route.fetch();
        const held = route.request().method() === 'GET' ? drawFault(4) * 60 : 0;
        await new Promise((resolve) => setTimeout(resolve, held));
        await route.fulfill({ response: answer }).catch(() => {});
      });
      for (const tab of tabs) {
        await tab.addInitScript(makeWithoutPrompt);
        await tab.goto(origin);
      }
    }
    /** Which devices should hold a passkey: the one that made it, and the one that it was copied to. */
    const holders = new Map<string, Set<Device>>();
    const history: string[] = [];

    const run = (tab: Page, call: string): Promise<Outcome> =>
      tab.evaluate(`outcome(passkeys.${call})`).then(
        (ended) => ended as Outcome,
        // The page was loaded again meanwhile.
        () => ({ code: 'left' }),
      );

    const noteNew = async (device: Device) => {
      for (const { id } of await device.authenticator.credentials()) {
        holders.set(id, (holders.get(id) ?? new Set()).add(device));
      }
    };
    /** A password manager brings the passkey of one device to the other, in place of the other's own. */
    const copy = async (from: Device) => {
      const to = devices.find((device) => device !== from)!;
      const [held] = await from.authenticator.credentials();
      if (!held) return;
      await to.authenticator.clear();
      for (const holding of holders.values()) holding.delete(to);
      await to.authenticator.add(held);
      holders.set(held.id, (holders.get(held.id) ?? new Set()).add(to));
      history.push(`the passkey of device ${devices.indexOf(from)} is copied to the other`);
    };
    const expectHeld = async () => {
      for (const device of devices) {
        const held = (await device.authenticator.credentials()).map(({ id }) => id);
        const due = verify.verified().filter((id) => holders.get(id)?.has(device));
        expect(held, history.join('\n')).toEqual(expect.arrayContaining(due));
      }
    };

    // The user has a passkey on a third device too: of a list without any passkey the browser is not told.
    await page.bringToFront();
    while ((await run(page, 'register()')).code) await authenticator.clear();
    await authenticator.clear();
    verify.catchUp();

    for (let step = 0; step < stepsOfOrder; step++) {
      const number = draw(2);
      const device = devices[number]!;
      const at = draw(2);
      const tab = device.tabs[at]!;
      const other = device.tabs[1 - at]!;
      const how = draw(8);
      const where = `device ${number}, tab ${at}`;
      if (how < 3) {
        const call = how < 2 ? 'register()' : 'upgrade()';
        // Chromium makes a passkey only in the tab that has the focus.
        await tab.bringToFront();
        const making = run(tab, call);
        const lists = [run(tab, 'list()'), run(other, 'list()')].slice(0, draw(3));
        const { code } = await making;
        await noteNew(device);
        await Promise.all(lists);
        history.push(`${where}: ${call} with ${lists.length} lists: ${code ?? 'verified'}`);
        if (draw(2)) await copy(device);
      } else if (how === 3) {
        const listed = (await run(tab, 'list()')).value as
          | { sid: string; credentialId?: string }[]
          | undefined;
        const gone = listed?.[draw(Math.max(listed.length, 1))];
        if (gone) await run(tab, `remove('${gone.sid}')`);
        history.push(`${where}: remove() ${gone?.sid}`);
      } else if (how === 4) {
        const loading = draw(2) ? run(tab, 'list()') : undefined;
        await tab.reload();
        await loading;
        history.push(`${where}: a page load`);
      } else if (how === 5) {
        await tab.bringToFront();
        const { code } = await run(tab, 'authenticate()');
        history.push(`${where}: authenticate(): ${code ?? 'approved'}`);
      } else if (how === 6) {
        await copy(device);
      } else {
        if (draw(2)) verify.catchUp();
        history.push('time passes');
      }
      if (draw(2)) {
        await Promise.all([run(devices[0]!.tabs[0], 'list()'), run(devices[1]!.tabs[1], 'list()')]);
        history.push('both devices list');
      }
      await expectHeld();
    }
    verify.catchUp();
    await Promise.all(devices.flatMap(({ tabs }) => tabs.map((tab) => run(tab, 'list()'))));
    await expectHeld();
    // Each passkey that Verify holds still signs in.
    for (const device of devices) {
      const [held] = await device.authenticator.credentials();
      // Two copies of a key count their signatures apart, which Verify takes for a theft.
      if (!held || !verify.verified().includes(held.id) || holders.get(held.id)!.size > 1) continue;
      await device.tabs[0].bringToFront();
      expect(await run(device.tabs[0], 'authenticate()'), history.join('\n')).toMatchObject({
        value: { status: 'approved' },
      });
    }
    await phone.unplug();
    await phoneContext.close();
  });
}
