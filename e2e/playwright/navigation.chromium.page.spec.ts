/** hold() and confirm() work for every document that the page shows, and in frames of another site. */
import type { Frame, Page } from '@playwright/test';
import { expect, isolated, test } from '../test.ts';

/** What happens to a page between hold() and its ceremony, by the words in the test's title. */
const navigations: Record<string, (page: Page, origin: string) => Promise<unknown>> = {
  'a reload': (page) => page.reload(),
  'a link': async (page) => {
    await page.evaluate(() => {
      document.body.innerHTML = '<a href="/elsewhere">elsewhere</a>';
    });
    await page.getByRole('link').click();
    await page.waitForURL('**/elsewhere');
  },
  'goto()': (page, origin) => page.goto(`${origin}/elsewhere`),
  'a visit to another site': async (page, origin) => {
    await page.goto(elsewhere(origin));
    await page.goto(origin);
  },
  'going back': async (page, origin) => {
    await page.goto(`${origin}/elsewhere`);
    await page.goBack();
  },
};

async function holdsAndConfirms(
  frame: Page | Frame,
  authenticator: { confirm(): Promise<void> },
  ask: () => Promise<unknown>,
): Promise<unknown> {
  await frame.waitForFunction(() => typeof sdk === 'object');
  await frame.evaluate(`void (globalThis.pending = outcome((${ask})()))`);
  const first = await frame.evaluate(() =>
    Promise.race([pending, new Promise((then) => setTimeout(then, 300, 'still pending'))]),
  );
  expect(first).toBe('still pending');
  await authenticator.confirm();
  return frame.evaluate(() => pending);
}

const verified = { value: { status: 'verified' } };

/** The address of the same server under another name, which browsers take for another site. */
const elsewhere = (origin: string) => origin.replace('localhost', 'other.localhost');

for (const [what, navigate] of Object.entries(navigations)) {
  test(`hold() before ${what} holds the ceremony after it, and confirm() lets the ceremony go on`, async ({
    page,
    visit,
    authenticator,
  }) => {
    const { origin } = await visit();
    await authenticator.hold();
    await navigate(page, origin);
    const ended = await holdsAndConfirms(page, authenticator, () => passkeys.register());
    expect(ended).toMatchObject(verified);
    const signedIn = await page.evaluate(() => outcome(passkeys.authenticate()));
    expect(signedIn).toMatchObject({ value: { status: 'approved' } });
  });
}

isolated(
  'hold() before the first page holds the ceremony in it, and confirm() lets the ceremony go on',
  async ({ page, visit, authenticator }) => {
    await authenticator.hold();
    await visit();
    const ended = await holdsAndConfirms(page, authenticator, () => passkeys.register());
    expect(ended).toMatchObject(verified);
  },
);

test('a ceremony in a frame of another site is held, and confirm() lets it go on', async ({
  page,
  visit,
  authenticator,
}) => {
  const { origin } = await visit();
  await page.evaluate(() => passkeys.register());
  const allow = 'publickey-credentials-get; publickey-credentials-create';
  // A frame without scripts must not keep hold() waiting.
  const frames = `<iframe sandbox srcdoc="plain"></iframe><iframe allow="${allow}" src="${origin}"></iframe>`;
  const other = await visit({ page: `<!doctype html>${frames}` });
  await page.goto(elsewhere(other.origin));
  const findFrame = async () => {
    const find = () => page.frames().find((each) => each.url().startsWith(origin));
    await expect.poll(find).toBeDefined();
    return find()!;
  };
  const frame = await findFrame();
  const sign = () =>
    sdk
      .getCredential({ challenge: 'AAAAAAAAAAAAAAAAAAAAAA', rpId: 'localhost' })
      .then(({ type }) => ({ signed: type }));
  await authenticator.hold();
  expect(await holdsAndConfirms(frame, authenticator, sign)).toEqual({ value: { signed: 'public-key' } });
  await authenticator.hold();
  await page.reload();
  expect(await holdsAndConfirms(await findFrame(), authenticator, sign)).toEqual({
    value: { signed: 'public-key' },
  });
});
