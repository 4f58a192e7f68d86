/** `service check` prints one command that sets right what it found: here a shell runs it as it stands. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@playwright/test';
import { relyingParty } from '../play-verify.ts';
import { run } from '../run-command.ts';
import { serviceSid } from '../world.ts';
import { type CommandVerify, startVerify } from './start-verify.ts';

const page = 'https://login.example.com';
const other = 'https://www.example.com';
const app = `android:apk-key-hash:${'q6ur'.repeat(10)}q6s`;
const usual = {
  authenticator_attachment: 'any',
  discoverable_credentials: 'required',
  user_verification: 'preferred',
};
const origins = (...list: string[]) => ({ ...relyingParty, origins: list });

let verify: CommandVerify;
test.beforeAll(async () => {
  verify = await startVerify();
});
test.afterAll(() => verify.stop());

type Sample = { relyingParty?: object | null; criteria?: object; pages?: string[] };

async function check({ relyingParty: party, criteria = usual, pages = [page] }: Sample, ...more: string[]) {
  const stored = { sid: serviceSid, friendlyName: 'Example', created: 0, updated: 0, criteria };
  verify.storage.set(`service:${serviceSid}`, { ...stored, relyingParty: party ?? null });
  return recheck(pages, ...more);
}

const recheck = (pages: string[], ...more: string[]) =>
  run(['service', 'check', ...pages.flatMap((origin) => ['--origin', origin]), ...more], verify.variables);

const commandsIn = (out: string) => [...new Set(out.match(/npx verify-passkeys.*/g))];

/** Runs a line in a shell as it stands, and answers its question with yes. `npx` runs the package under test. */
async function runLine(line: string): Promise<{ out: string; code: number | null }> {
  const folder = resolve('test-results/npx');
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/npx`, `#!/bin/sh\nshift\nexec "${process.execPath}" dist/cli/index.js "$@"\n`, {
    mode: 0o755,
  });
  const env = { ...process.env, ...verify.variables, PATH: `${folder}${delimiter}${process.env.PATH}` };
  const child = spawn('sh', ['-c', line], { env });
  child.stdin.end('y\n');
  const exit = new Promise<number | null>((end) => child.on('close', end));
  const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { out: out + error, code };
}

const samples: Record<string, Sample> = {
  'two pages that are not listed': { relyingParty: origins(app), pages: [page, other] },
  'every misspelling at once': {
    relyingParty: origins(`${page}/`, 'HTTPS://WWW.example.com:443', 'shop.example.com', app, 'http://x.com'),
    pages: [page, other, 'https://shop.example.com'],
  },
  'no settings': { criteria: {} },
  'no id and no name, for two pages': {
    relyingParty: { ...relyingParty, id: '', name: '' },
    pages: [page, other],
  },
  'no origins, for a page on localhost': {
    relyingParty: { id: 'localhost', name: 'Local', origins: [] },
    pages: ['http://localhost:3000'],
  },
  'an id with scheme, port and path': {
    relyingParty: { ...relyingParty, id: 'https://Example.com:443/login' },
  },
  'an id that is an address': { relyingParty: { ...relyingParty, id: '127.0.0.1' } },
  'the id of a sibling domain, and criteria that do not suit': {
    relyingParty: { ...relyingParty, id: 'app.example.com' },
    criteria: {
      authenticator_attachment: 'usb',
      discoverable_credentials: 'discouraged',
      user_verification: 'required',
    },
  },
  'everything at once': {
    relyingParty: { id: 'www.example.com', name: '', origins: [`${other}/home`] },
    criteria: { discoverable_credentials: 'preferred', user_verification: 'required' },
    pages: [page, other, app],
  },
};

test('one command of service check sets right all that it found, for every kind of finding', async () => {
  test.setTimeout(240_000);
  for (const [what, sample] of Object.entries(samples)) {
    const { out, code } = await check(sample);
    expect(code, `${what}: ${out}`).toBe(1);
    const commands = commandsIn(out);
    expect(commands, `${what}: ${out}`).toHaveLength(1);
    expect(out, what).toContain('One command sets all of this right:');
    const changed = await runLine(commands[0]!);
    expect(changed.code, `${what}: ${commands[0]}\n${changed.out}`).toBe(0);
    const again = await recheck(sample.pages ?? [page]);
    expect(again.code, `${what}: ${commands[0]}\n${again.out}`).toBe(0);
  }
});

test('the command keeps what is listed and right, corrects what is misspelled, and leaves the rest out', async () => {
  const { out } = await check(samples['every misspelling at once']!);
  expect(commandsIn(out)).toEqual([
    `npx verify-passkeys service update --origin ${page} --origin ${other} --origin https://shop.example.com --origin ${app}`,
  ]);
  const json = JSON.parse((await check(samples['everything at once']!, '--json')).out) as { fix: string }[];
  expect(new Set(json.map(({ fix }) => fix.slice(fix.indexOf('npx ')))).size).toBe(1);
});

test('an http page is never offered for listing, and a working id with other pages is never given up', async () => {
  const http = 'http://login.example.com:8080';
  const insecure = await check({ relyingParty: origins(page), pages: [http, other] });
  expect(insecure.out).toContain('One command sets 1 of these 2 right:');
  expect(commandsIn(insecure.out)).toEqual([
    `npx verify-passkeys service update --origin ${page} --origin ${other}`,
  ]);
  const elsewhere = await check({ relyingParty: origins(page), pages: ['https://example.net'] });
  expect(commandsIn(elsewhere.out).join()).not.toContain('--rp-id');
  // Nobody but a registry has co.uk.
  const registry = { ...relyingParty, id: '', origins: ['https://a.co.uk'] };
  const { out } = await check({ relyingParty: registry, pages: ['https://a.co.uk', 'https://b.co.uk'] });
  expect(commandsIn(out)).toEqual([]);
});

test('an origin that a shell would read is said in words, and never stands in a command', async () => {
  for (const hostile of [
    'https://$(id).example.com',
    'https://`id`.example.com',
    "https://a';id;'.example.com",
  ]) {
    const { out, code } = await check({ relyingParty: origins(page), pages: [hostile] });
    expect({ code, commands: commandsIn(out) }, out).toEqual({ code: 1, commands: [] });
    expect(out).toContain(`No command is shown`);
    expect(out).toContain(`  origin: ${hostile}\n`);
    const id = await check({ relyingParty: { ...relyingParty, id: hostile } });
    expect(commandsIn(id.out).join()).not.toContain(hostile.slice(8, 12));
  }
});

test('service update takes a value for each criterion, and refuses one that Verify does not know', async () => {
  await check({ relyingParty: origins(page) });
  const update = [
    'service',
    'update',
    '--yes',
    '--authenticator-attachment',
    'platform',
    '--user-verification',
  ];
  expect(await run([...update, 'required'], verify.variables)).toMatchObject({
    out: expect.stringContaining('user_verification: required (now: preferred)'),
  });
  expect(verify.storage.get(`service:${serviceSid}`)).toMatchObject({
    criteria: { authenticator_attachment: 'platform', user_verification: 'required' },
  });
  const refused = await run([...update, 'sometimes'], verify.variables);
  expect(refused).toMatchObject({ code: 2, error: expect.stringContaining('got "sometimes"') });
});
