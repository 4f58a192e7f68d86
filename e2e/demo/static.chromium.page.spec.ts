/** The demo as files on a static host, where a service worker plays the server. */
import { create, expect, hideAutofill, test } from '../start-demo.ts';

test('a passkey is made and used on a static host, without any server behind the page', async ({
  page,
  startHost,
  violations,
}) => {
  await hideAutofill(page);
  const { url } = await startHost();
  await page.goto(url);
  await expect(page.getByText('emulator of Verify inside your browser')).toBeVisible();
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('You are signed in as Ada');
  await expect(page.getByRole('status')).toContainText('approved');
  expect(violations).toEqual([]);
});

test('the worker may be killed between any two steps', async ({ page, startHost }) => {
  await hideAutofill(page);
  const { url } = await startHost();
  await page.goto(url);
  await expect(page.getByRole('status')).toContainText('Ready');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('ServiceWorker.enable');
  const kill = () => cdp.send('ServiceWorker.stopAllWorkers');
  // This kills the worker between the two calls of each ceremony.
  await page.exposeFunction('killWorker', kill);
  await page.evaluate(() => {
    for (const name of ['create', 'get'] as const) {
      const ask = navigator.credentials[name].bind(navigator.credentials) as (o?: object) => Promise<never>;
      navigator.credentials[name] = async (options?: object) => {
        const credential = await ask(options);
        await (globalThis as unknown as { killWorker(): Promise<void> }).killWorker();
        return credential;
      };
    }
  });
  await kill();
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  await kill();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await kill();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('You are signed in as Ada');
});

test('after the first visit everything works without a network: create, list, sign out, sign in, lab', async ({
  page,
  startHost,
}) => {
  await hideAutofill(page);
  const { url, stop } = await startHost();
  await page.goto(url);
  await expect(page.getByRole('status')).toContainText('Ready');
  await stop();
  await page.reload();
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  await page.getByRole('button', { name: 'Rename Ada' }).click();
  await page.getByLabel('New name').fill('Laptop');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Virtual authenticator of Chrome')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('approved');
  await page.getByRole('button', { name: 'Remove Laptop' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(page.getByText('No passkey yet')).toBeVisible();
  await page.getByRole('button', { name: 'Encoded twice' }).click();
  await expect(page.locator('#verdict')).toContainText('wrong.');
});

test('nobody can sign in with a removed passkey, and the page says what to do', async ({
  page,
  startHost,
}) => {
  await hideAutofill(page);
  // Otherwise the page would tell the browser about the removal, and the browser would no longer offer the passkey.
  await page.addInitScript(() => {
    Object.assign(PublicKeyCredential, {
      signalUnknownCredential: async () => {},
      signalAllAcceptedCredentials: async () => {},
    });
  });
  const { url } = await startHost();
  await page.goto(url);
  await create(page);
  await page.getByRole('button', { name: 'Remove Ada' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(page.getByText('No passkey yet')).toBeVisible();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('status')).toContainText('not known here');
  await expect(page.getByRole('status')).toContainText('60390');
});

test('after a forced reload the page finds the worker again', async ({ page, startHost }) => {
  const { url } = await startHost();
  await page.goto(url);
  await expect(page.getByRole('status')).toContainText('Ready');
  const loaded = page.waitForEvent('load');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Page.reload', { ignoreCache: true });
  await loaded;
  await expect(page.getByRole('status')).toContainText('Ready');
});

test('a visitor without service workers is told what is missing and what to do', async ({
  page,
  startHost,
}) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'serviceWorker', { value: undefined }));
  const { url } = await startHost();
  await page.goto(url);
  await expect(page.getByRole('status')).toContainText('no service worker');
  await expect(page.getByRole('status')).toContainText('ordinary window');
});

test('a visitor without WebAuthn is told what is missing and what to do', async ({ page, startHost }) => {
  await page.addInitScript(() =>
    Object.defineProperty(globalThis, 'PublicKeyCredential', { value: undefined }),
  );
  const { url } = await startHost();
  await page.goto(url);
  await expect(page.getByRole('status')).toContainText('This browser has no passkeys');
});

test('the passkeys and the session are still there after the browser was closed', async ({
  playwright,
  startHost,
  launchOptions,
}, testInfo) => {
  const { url } = await startHost();
  for (const visit of ['first', 'second']) {
    const context = await playwright.chromium.launchPersistentContext(
      testInfo.outputPath('profile'),
      launchOptions,
    );
    const page = context.pages()[0] ?? (await context.newPage());
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable', { enableUI: false });
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
      },
    });
    await page.goto(url);
    if (visit === 'first') await create(page);
    await expect(page.getByText('Signed in as Ada')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Rename Ada' })).toBeVisible();
    await context.close();
  }
});
