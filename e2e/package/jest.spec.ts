/** The packed package works in Jest, which runs tests as CommonJS, with only the lines of the testing guide. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { blocksOf } from '../readme.ts';
import { installPackage } from './install-package.ts';
import { run } from './tool.ts';

let installed: ReturnType<typeof installPackage>;
test.beforeAll(() => {
  installed = installPackage();
});
test.afterAll(() => rmSync(installed.folder, { recursive: true }));

test("Jest, set up as the testing guide shows, runs a page's and a relay's code in one CommonJS test", () => {
  const config = blocksOf('js').find(({ code }) => code.startsWith('// jest.config.js'))!.code;
  const project = join(installed.folder, 'jest');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "type": "commonjs" }');
  writeFileSync(join(project, 'jest.config.js'), config);
  writeFileSync(join(project, 'page.test.ts'), program);
  // Without --no-cache, an earlier run could hide that a line is missing.
  const said = run('jest', ['--config', join(project, 'jest.config.js'), '--no-cache', '--ci', '--json']);
  expect(JSON.parse(said)).toMatchObject({ success: true, numPassedTests: 1 });
});

const program = `
import { createPasskeys, isPasskeyError } from 'verify-passkeys';
import { createEmulator } from 'verify-passkeys/emulator';
import { createRelay } from 'verify-passkeys/relay';

const account = { serviceSid: 'VA' + '1'.repeat(32), accountSid: 'AC' + '1'.repeat(32), authToken: 'any' };
const relyingParty = { id: 'localhost', name: 'Test', origins: ['http://localhost'] };
const { fetch } = createEmulator({ ...account, relyingParty });
const relay = createRelay({
  ...account, cookieSecret: 'x'.repeat(32), storage: new Map(), identify: () => ({ identity: 'the-user-of-jest' }), fetch,
});

test('a page reaches its relay, and hears that jsdom has no passkeys', async () => {
  expect(window.location.origin).toBe('http://localhost');
  expect(typeof require).toBe('function');
  const passkeys = createPasskeys({
    baseUrl: 'http://localhost/passkeys',
    fetch: async (input, init) => {
      const request = new Request(input, init);
      request.headers.set('origin', window.location.origin);
      return relay(request);
    },
  });
  expect(await passkeys.list()).toEqual([]);
  const error = await passkeys.register().catch((error: unknown) => error);
  expect(isPasskeyError(error) && error.code).toBe('unsupported');
});
`;
