/** The packed package in each framework, installed from the registry: `npm run matrix` prints a table of what worked. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { type Authenticator, withAuthenticator } from 'verify-passkeys/playwright';
import { findChromium } from '../browser/browsers.ts';
import { findFreePort } from '../port.ts';
import { type App, apps, type Project, tools } from './apps.ts';

const test = withAuthenticator(base);
test.describe.configure({ mode: 'default' });

const steps: Record<string, (page: Page, authenticator: Authenticator, base: string) => Promise<void>> = {
  async 'sign up'(page, _authenticator, address) {
    await session(page, address, 'POST');
    expect(await page.evaluate(() => passkeys.register())).toMatchObject({ status: 'verified' });
  },
  async 'second passkey'(page, authenticator) {
    // This plays a second device, which does not hold the first passkey.
    const [first] = await authenticator.credentials();
    await authenticator.remove(first!.id);
    expect(await page.evaluate(() => passkeys.register())).toMatchObject({ status: 'verified' });
    expect(await page.evaluate(() => passkeys.list())).toHaveLength(2);
  },
  async rename(page) {
    const renamed = await page.evaluate(async () =>
      passkeys.rename((await passkeys.list())[0]!.sid, 'Laptop'),
    );
    expect(renamed).toMatchObject({ friendlyName: 'Laptop' });
  },
  async 'sign out'(page, _authenticator, address) {
    await session(page, address, 'DELETE');
    const code = await page.evaluate(() => passkeys.list().catch((error) => error.code));
    expect(code).toBe('not_signed_in');
  },
  async 'sign in'(page) {
    expect(await page.evaluate(() => passkeys.authenticate())).toMatchObject({ status: 'approved' });
    expect(await page.evaluate(() => passkeys.list())).toHaveLength(2);
  },
  async autofill(page) {
    expect(await page.evaluate(() => passkeys.autofill())).toMatchObject({ status: 'approved' });
  },
  async refuse(page, authenticator) {
    await authenticator.refuse();
    const code = await page.evaluate(() => passkeys.authenticate().catch((error) => error.code));
    expect(code).toBe('cancelled');
    await authenticator.confirm();
  },
  async remove(page) {
    await page.evaluate(async () => passkeys.remove((await passkeys.list())[0]!.sid));
    expect(await page.evaluate(() => passkeys.list())).toHaveLength(1);
  },
};

/** Signs a new user up, or signs out. The framework's guard against forms of other sites lets JSON through. */
const session = (page: Page, address: string, method: 'POST' | 'DELETE') =>
  page.evaluate(
    ([root, verb]) =>
      fetch(`${root}/session`, { method: verb, headers: { 'content-type': 'application/json' } }),
    [address, method] as const,
  );

const table: string[][] = [];
let tarball: string;

test.beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-passkeys-matrix-'));
  const printed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  tarball = join(folder, (JSON.parse(printed) as [{ filename: string }])[0].filename);
});

for (const app of apps) {
  test(app.name, async ({ page, authenticator }) => {
    const row = [app.name, '–', ...Object.keys(steps).map(() => '✗')];
    table.push(row);
    const folder = install(app, app.build);
    row[1] = versionOf(folder, app.packages[0]!);
    const { base: prefix = '' } = app;
    const port = await findFreePort();
    const server = start(app, folder, port);
    try {
      await expect(async () => {
        await page.goto(`http://localhost:${port}${prefix}/`);
        await page.waitForFunction('globalThis.passkeys !== undefined', null, { timeout: 30_000 });
      }).toPass({ timeout: 180_000 });
      for (const [i, step] of Object.values(steps).entries()) {
        await step(page, authenticator, prefix);
        row[i + 2] = '✓';
      }
    } finally {
      // This kills the whole process group: npx and the processes that it has started.
      process.kill(-server.pid!, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

for (const {
  run: [command, ...args],
  ...tool
} of tools) {
  test(`${tool.name}: its own tests of the relay and of a page pass`, async () => {
    const folder = install(tool);
    const port = await findFreePort();
    const CHROMIUM_PATH = findChromium();
    const env = { ...environmentOf(port), ...(CHROMIUM_PATH && { CHROMIUM_PATH }) };
    const ran = spawnSync(command!, args, { cwd: folder, env, encoding: 'utf8' });
    expect(ran.status, ran.stdout + ran.stderr).toBe(0);
    table.push([tool.name, versionOf(folder, tool.packages[0]!), '✓', '', '', '', '✓', '', '', '']);
    rmSync(folder, { recursive: true, force: true });
  });
}

test.afterAll(() => {
  const head = ['framework', 'version', ...Object.keys(steps)];
  const rows = [head, head.map(() => '---'), ...table].map((cells) => `| ${cells.join(' | ')} |`);
  console.log(`\n${rows.join('\n')}\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.version}`);
});

/** Creates a project with the app's files, and installs the packed package and the app's framework in it. */
function install({ folder: name, packages }: Project, build?: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'verify-passkeys-app-'));
  const own = resolve('e2e/matrix/apps');
  cpSync(join(own, name), folder, { recursive: true });
  for (const shared of ['relay.mjs', 'page.mjs']) cpSync(join(own, shared), join(folder, shared));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  const run = ([command, ...args]: string[], env = process.env) =>
    execFileSync(command!, args, { cwd: folder, stdio: 'pipe', env });
  run(['npm', 'install', '--no-audit', '--no-fund', tarball, '@simplewebauthn/server', ...packages]);
  // A build runs without the environment variables of the relay.
  const { PATH, HOME } = process.env;
  if (build) run(build, { PATH, HOME });
  return folder;
}

function start({ start: [command, ...args] }: App, folder: string, port: number): ChildProcess {
  return spawn(command!, args, { cwd: folder, env: environmentOf(port), stdio: 'ignore', detached: true });
}

const environmentOf = (port: number): NodeJS.ProcessEnv => ({
  ...process.env,
  HOST: 'localhost',
  PORT: String(port),
  ORIGINS: `http://localhost:${port}`,
});

function versionOf(folder: string, name: string): string {
  const path = join(folder, 'node_modules', name.replace(/(?<=.)@.*$/, ''), 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
