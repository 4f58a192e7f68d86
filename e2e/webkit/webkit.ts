/** WebKit, Safari's engine, over WebDriver, since Playwright cannot drive Debian's WebKit. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test as base, expect } from '@playwright/test';
import { Builder, Capabilities, type WebDriver } from 'selenium-webdriver';
import { findWebKit, noWebKit } from '../browser/browsers.ts';
import { findFreePort } from '../port.ts';
import { startWorld, type World, type WorldConfig } from '../world.ts';

type Fixtures = {
  webkitFound: undefined;
  /** Starts a world for this test alone and opens its page. */
  visit: (config?: WorldConfig) => Promise<World>;
  /** Runs a function in the page and resolves as it does, like Playwright's `page.evaluate`. */
  evaluate: <R, A = undefined>(run: (argument: A) => R | Promise<R>, argument?: A) => Promise<R>;
};

export const test = base.extend<Fixtures, { driver: WebDriver }>({
  webkitFound: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that are used from the pattern
    async ({}, use, info) => {
      info.skip(!findWebKit(), noWebKit);
      await use(undefined);
    },
    { auto: true },
  ],

  driver: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const { session, stop } = await startWebKit();
      await use(session);
      await stop();
    },
    { scope: 'worker' },
  ],

  evaluate: async ({ driver }, use) => {
    await use(async (run, argument) => {
      const source = `const [argument, done] = arguments;
        (async () => (${run})(argument))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const ended = await driver.executeAsyncScript<{ value: never; error?: string }>(source, argument);
      if (ended.error) throw new Error(ended.error);
      return ended.value;
    });
  },

  visit: async ({ driver }, use) => {
    const worlds: World[] = [];
    await use(async (config) => {
      const world = await startWorld(config);
      worlds.push(world);
      await driver.get(world.origin);
      return world;
    });
    for (const world of worlds) await world.stop();
  },
});

/** WebKit has no headless mode, so it runs on a virtual display. */
async function startWebKit(): Promise<{ session: WebDriver; stop(): Promise<void> }> {
  const { driver, xvfb } = findWebKit()!;
  const screen = spawn(
    xvfb,
    ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp', '-noreset'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const [display] = await once(screen.stdio[3]!, 'data');
  const port = await findFreePort();
  const environment = {
    DISPLAY: `:${String(display).trim()}`,
    LIBGL_ALWAYS_SOFTWARE: '1',
    // Containers and hardened kernels cannot run WebKit's sandbox, and WebKit opens only the pages of these tests.
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  };
  const server = spawn(driver, [`--port=${port}`], {
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  const address = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${address}/status`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(isReady, { timeout: 60_000 }).toBe(true);
  const capabilities = new Capabilities({ browserName: 'MiniBrowser' });
  const session = await new Builder().usingServer(address).withCapabilities(capabilities).build();
  await session.manage().setTimeouts({ script: 60_000, pageLoad: 60_000 });
  return {
    session,
    async stop() {
      await session.quit().catch(() => {});
      for (const child of [server, screen]) await end(child);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

export { expect };
