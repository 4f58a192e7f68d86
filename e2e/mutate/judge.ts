/** A process that runs the collected tests of one bundle after another, each up to the first test that fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { addAuthenticator } from 'verify-passkeys/playwright';
import { findChromium } from '../browser/browsers.ts';
import { startWorld, type World, type WorldConfig } from '../world.ts';
import type { collected, Fixtures, Options } from './collect.ts';

/** `order` has the indices of the tests. `pages` says that the tests need a page. */
export type Question = { bundle: string; order: number[] | undefined; pages: boolean };

/** `failed` is the first test that failed, `tests` has the spec and the milliseconds of each test that ran. */
export type Verdict = {
  failed?: { index: number; title: string; error: string };
  tests: { spec: string; time: number }[];
};

const maxTestTime = 60_000;

let fail: (error: unknown) => void = () => {};
process.on('unhandledRejection', (error) => fail(error));
process.on('uncaughtException', (error) => fail(error));

const launch = () => {
  const executablePath = findChromium();
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ args, ...(executablePath && { executablePath }) });
};
let browser: ReturnType<typeof launch> | undefined;

/** What a page spec gets, without Playwright's runner. */
async function withPage(run: (fixtures: Fixtures) => unknown, options: Options): Promise<void> {
  browser ??= launch();
  const context = await (await browser).newContext();
  const page = await context.newPage();
  const authenticator = await addAuthenticator(context, options.authenticatorOptions);
  const worlds: World[] = [];
  const visit = async (config?: WorldConfig) => {
    const world = await startWorld(config);
    worlds.push(world);
    await page.goto(world.origin);
    return world;
  };
  try {
    await run({ page, context, authenticator, visit, browserName: 'chromium' });
  } finally {
    await context.close();
    for (const world of worlds) await world.stop();
  }
}

async function judge({ bundle, order, pages }: Question): Promise<Verdict> {
  const ran: Verdict['tests'] = [];
  const { collected: tests } = (await import(bundle)) as { collected: typeof collected };
  for (const index of order ?? tests.keys()) {
    const { spec, title, body, options } = tests[index]!;
    const began = performance.now();
    const broken = new Promise<never>((_, reject) => {
      fail = reject;
    });
    broken.catch(() => {});
    const over = new AbortController();
    const late = sleep(maxTestTime, undefined, { signal: over.signal }).then(() => {
      throw new Error('the test does not end');
    });
    late.catch(() => {});
    try {
      const work = pages ? withPage(body, options) : (async () => body({}))();
      await Promise.race([work, broken, late]);
    } catch (error) {
      return { failed: { index, title, error: String(error) }, tests: ran };
    } finally {
      over.abort();
    }
    ran[index] = { spec, time: performance.now() - began };
    process.send!('a test has ended');
  }
  return { tests: ran };
}

process.on('message', async (question: Question) => {
  const verdict = await judge(question).catch((error: unknown) => ({
    failed: { index: -1, title: 'the code loads', error: String(error) },
    tests: [],
  }));
  process.send!(verdict);
});
process.on('disconnect', () => process.exit());
