/** The React component of the guides signs in, and stops when it unmounts. */
import type { Page } from '@playwright/test';
import { bundle } from '../bundle.ts';
import { blocksOf } from '../readme.ts';
import { spy } from '../spy.ts';
import { expect, test } from '../test.ts';

/** Puts the guide's component on the page; `unmount()` removes it. */
async function mount(page: Page): Promise<void> {
  const { first } = await bundle(
    `${blocksOf('tsx')[0]!.code}
    import { createRoot } from 'react-dom/client';
    const root = createRoot(document.body.appendChild(document.createElement('main')));
    globalThis.unmount = () => root.unmount();
    globalThis.render = (title) => root.render(<SignIn onSignedIn={() => { document.title = title; }} />);
    render('Signed in');`,
    [],
    true,
  );
  await page.addScriptTag({ type: 'module', content: first.join('\n') });
}

test("the guides' React component signs in by autofill", async ({ page, visit }) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await mount(page);
  await expect(page).toHaveTitle('Signed in');
});

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
  await mount(page);
  await expect.poll(watch).toContain('waiting');
  await page.evaluate("for (let i = 1; i <= 12; i++) setTimeout(() => render('Render ' + i), 0)");
  await page.evaluate('new Promise((done) => setTimeout(() => requestAnimationFrame(done)))');
  await page.evaluate('pick()');
  await expect(page).toHaveTitle('Render 12');
  expect(upstream.filter(({ path }) => path.endsWith('/Challenges'))).toHaveLength(1);
});

test("the guides' React component stops autofill when it unmounts, and signs nobody in", async ({
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
  await mount(page);
  await expect.poll(watch).toContain('waiting');
  await page.evaluate('unmount()');
  await expect.poll(watch).toContain('let go');
  await expect(page).toHaveTitle('Bare page');
});
