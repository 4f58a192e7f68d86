/** Starts the demo as its users do: the Node server of `npm run demo`, and the built files on a static host. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Page } from '@playwright/test';
import { demandDemo } from './built.ts';
import { type Host, startHost } from './host.ts';
import { isolated } from './test.ts';

demandDemo();

type Fixtures = {
  /** Starts the demo server and returns its address. */
  startDemo: (environment?: Record<string, string>) => Promise<{ url: string; stop(): Promise<void> }>;
  /** Serves dist-demo under a path of a plain static host. */
  startHost: (path?: string) => Promise<Host>;
  /** The violations of the page's Content-Security-Policy. */
  violations: string[];
};

export const test = isolated.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are used from the pattern
  startDemo: async ({}, use, testInfo) => {
    const running: ChildProcess[] = [];
    await use(async (environment = {}) => {
      const server = runDemo({ PORT: '0', DEMO_DATA: testInfo.outputPath('state.json'), ...environment });
      running.push(server);
      const [line] = (await once(createInterface(server.stdout!), 'line')) as [string];
      return { url: /http:\S+/.exec(line)![0], stop: () => end(server) };
    });
    for (const server of running) await end(server);
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

/** Runs the demo server without this process's TWILIO_ variables. */
export function runDemo(environment: Record<string, string>): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TWILIO_'));
  return spawn(process.execPath, ['node_modules/.cache/demo/server.js'], {
    env: { ...Object.fromEntries(own), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill();
  await once(server, 'exit');
}

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

export { expect } from '@playwright/test';
