/** Chromium is told that these are all of a user's passkeys only if nothing speaks against it. */
import type { Page } from '@playwright/test';
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
