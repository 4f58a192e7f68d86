/** The sign-in forms of the guides, for a plain page, React, Vue and Svelte, sign in and tell what went wrong. */
import type { Page } from '@playwright/test';
import { blocksOf } from '../readme.ts';
import { spy } from '../spy.ts';
import { expect, test } from '../test.ts';
import { compileForm } from './component.ts';

const forms = [
  ['plain', 'ts'],
  ['React', 'tsx'],
  ['Vue', 'vue'],
  ['Svelte', 'svelte'],
] as const;

type Language = (typeof forms)[number][1];

// One worker compiles each form once.
test.describe.configure({ mode: 'default' });

/** Puts the guide's form on the page. `unmount()` removes a component. */
async function mount(page: Page, language: Language): Promise<void> {
  const ofGuide = (...languages: string[]) =>
    blocksOf(...languages).filter(({ document }) => document === 'demo/guides/ceremonies.md');
  const form = ofGuide(language).find(({ code }) => code.includes('onFailure: show'))!.code;
  if (language === 'ts') {
    const html = ofGuide('html').find(({ code }) => code.includes('id="sign-in"'))!.code;
    await page.evaluate((markup) => document.body.insertAdjacentHTML('beforeend', markup), html);
  }
  await page.addScriptTag({ type: 'module', content: await compileForm(language, form) });
}

/** Waits until the form has signed in: a component calls back, and the plain page goes to the account. */
const expectSignedIn = (page: Page, language: Language) =>
  language === 'ts' ? page.waitForURL('**/account') : expect(page).toHaveTitle('Signed in');

for (const [name, language] of forms) {
  test(`the guides' form (${name}) tells that a pick failed, and signs in with the next pick`, async ({
    page,
    visit,
  }) => {
    let answers = 0;
    const { origin } = await visit({
      answer: async ({ url }) => {
        if (!url.endsWith('/ApproveChallenge')) return undefined;
        answers++;
        const code = 'storage_unavailable';
        return answers === 1
          ? Response.json({ code, message: 'no', status: 503 }, { status: 503 })
          : undefined;
      },
    });
    await page.evaluate(() => passkeys.register());
    await page.evaluate(() => {
      // The next pick waits until the message has been read.
      const get = navigator.credentials.get.bind(navigator.credentials);
      let isRead: Promise<void> | undefined;
      navigator.credentials.get = async (options) => {
        await isRead;
        isRead = new Promise((read) => Object.assign(globalThis, { read }));
        return get(options);
      };
    });
    await mount(page, language);
    await expect(page.getByRole('status')).toHaveText(/\S.*\./);
    await page.evaluate('read()');
    await expectSignedIn(page, language);
    expect(answers).toBe(2);
    await page.goto(origin);
  });

  test(`the guides' form (${name}) signs in by its button, which waits meanwhile, and tells what went wrong`, async ({
    page,
    visit,
    authenticator,
  }) => {
    const { origin } = await visit();
    await page.evaluate(async () => {
      await passkeys.register();
      // Nobody picks a passkey in the field.
      Object.assign(PublicKeyCredential, { getClientCapabilities: async () => ({ conditionalGet: false }) });
    });
    await mount(page, language);
    await authenticator.hold();
    const button = page.getByRole('button', { name: 'Sign in with a passkey' });
    await button.click();
    await expect(button).toBeDisabled();
    await authenticator.refuse();
    await expect(page.getByRole('status')).toHaveText(/^The prompt was closed, or no passkey was found\./);
    await expect(button).toBeEnabled();
    await authenticator.confirm();
    await button.click();
    await expectSignedIn(page, language);
    await page.goto(origin);
  });

  if (language === 'ts') continue;
  test(`the guides' form (${name}) stops autofill when it unmounts, and signs nobody in`, async ({
    page,
    visit,
  }) => {
    await visit();
    const watch = await spy(page);
    await page.evaluate(() => {
      // Nobody picks a passkey in this browser, so the call waits until its signal aborts.
      navigator.credentials.get = (options) =>
        new Promise((_, reject) => {
          calls.push('waiting');
          options!.signal!.addEventListener('abort', () => {
            calls.push('let go');
            reject(options!.signal!.reason);
          });
        });
    });
    await mount(page, language);
    await expect.poll(watch).toContain('waiting');
    await page.evaluate('unmount()');
    await expect.poll(watch).toContain('let go');
    await expect(page).toHaveTitle('Bare page');
  });
}

test("the guides' React component, rendered with a new callback each time, asks for one Challenge and calls the latest callback", async ({
  page,
  visit,
}) => {
  const { upstream } = await visit();
  const watch = await spy(page);
  await page.evaluate(() => {
    // No passkey is picked until the component has been rendered twelve more times.
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = async (options) => {
      calls.push('waiting');
      await new Promise<void>((pick) => Object.assign(globalThis, { pick }));
      return get(options);
    };
  });
  await page.evaluate(() => passkeys.register());
  await mount(page, 'tsx');
  await expect.poll(watch).toContain('waiting');
  await page.evaluate("for (let i = 1; i <= 12; i++) setTimeout(() => render('Render ' + i), 0)");
  await page.evaluate('new Promise((done) => setTimeout(() => requestAnimationFrame(done)))');
  await page.evaluate('pick()');
  await expect(page).toHaveTitle('Render 12');
  expect(upstream.filter(({ path }) => path.endsWith('/Challenges'))).toHaveLength(1);
});
