/** Playwright's test for the demo: its Node server, and the built files on a static host. */
import { expect, type Page } from '@playwright/test';
import { demandDemo } from './built.ts';
import { type Demo, startDemoServer } from './demo-server.ts';
import { type Host, startHost } from './host.ts';
import { isolated } from './test.ts';

demandDemo();

type Fixtures = {
  /** Starts a demo server for this test alone. */
  startDemo: (environment?: Record<string, string>) => Promise<Demo>;
  /** Serves dist-demo under a path of a plain static host. */
  startHost: (path?: string) => Promise<Host>;
  /** The violations of the page's Content-Security-Policy. */
  violations: string[];
};

export const test = isolated.extend<Fixtures>({
  // The page's animations would keep the browser painting.
  reducedMotion: 'reduce',

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are used from the pattern
  startDemo: async ({}, use, testInfo) => {
    const running: Demo[] = [];
    await use(async (environment) => {
      const demo = await startDemoServer({ DEMO_DATA: testInfo.outputPath('state.json'), ...environment });
      running.push(demo);
      return demo;
    });
    for (const { stop } of running) await stop();
  },

  // biome-ignore lint/correctness/noEmptyPattern: as above
  startHost: async ({}, use) => {
    const running: Host[] = [];
    await use(async (path) => {
      const host = await startHost(path);
      running.push(host);
      return host;
    });
    for (const { stop } of running) await stop();
  },

  violations: [
    async ({ page }, use) => {
      const violations: string[] = [];
      await page.exposeFunction('reportViolation', (what: string) => violations.push(what));
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
          (globalThis as unknown as { reportViolation(what: string): void }).reportViolation(
            `${violatedDirective} ${blockedURI}`,
          );
        });
      });
      await use(violations);
    },
    { auto: true },
  ],
});

/** Turns autofill off, since the virtual authenticator would pick at once, before a test clicks a button. */
export async function hideAutofill(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probes = PublicKeyCredential as unknown as Record<string, unknown>;
    delete probes.getClientCapabilities;
    probes.isConditionalMediationAvailable = async () => false;
  });
}

/** Keeps in `shifts` how far the page moved each time that its layout shifted. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

export async function create(page: Page, name = 'Ada'): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: /^(Create|Add) a passkey$/ }).click();
}

/** Makes a passkey, and then asks for a second one, which the same authenticator refuses. */
export async function createTwice(page: Page): Promise<void> {
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  await create(page);
}

export { expect };
