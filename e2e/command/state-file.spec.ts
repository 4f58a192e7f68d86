/** `emulate --data` writes its file safely, whatever others have put beside it, and for one process at a time. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from '@playwright/test';
import { openStateFile } from '#state-file';
import { runAlone } from '../run-command.ts';
import { type Emulate, startEmulate, startOnFullDisk } from './emulate.ts';

const local = ['--rp-id', 'localhost', '--origin', 'http://localhost:3000'];

/** A path in an empty folder. */
function place(): string {
  mkdirSync(test.info().outputDir, { recursive: true });
  return test.info().outputPath('state.json');
}

const list = () => readdirSync(test.info().outputDir).sort();

/** Begins a registration, which changes the state, and returns the status and the answer. */
async function change({ base, account: { accountSid, authToken, serviceSid } }: Emulate) {
  const answer = await fetch(`${base}/v2/Services/${serviceSid}/Passkeys/Factors`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ identity: crypto.randomUUID(), friendly_name: 'Laptop' }),
  });
  return { status: answer.status, body: await answer.json() };
}

test('the state file is private and whole, whatever somebody has put at its path and beside it', () => {
  const file = place();
  const victim = test.info().outputPath('victim');
  writeFileSync(victim, '{}');
  for (const name of ['.new', '.tmp']) symlinkSync(victim, file + name);
  writeFileSync(file, '{"kept":{}}', { mode: 0o666 });
  chmodSync(file, 0o666);
  const { storage, save } = openStateFile(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  storage.set('new', {});
  save();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ kept: {}, new: {} });
  expect(readFileSync(victim, 'utf8')).toBe('{}');
  // A failure to write leaves the old file, and nothing beside it.
  const before = list();
  rmSync(file);
  mkdirSync(file);
  storage.set('more', {});
  expect(save).toThrow(/EISDIR|ENOTEMPTY|EPERM|EEXIST/);
  expect(list()).toEqual(before);
});

test('a link, a pipe or a folder is neither read nor written in place of the state file or its lock', () => {
  const victim = `${place()}.victim`;
  writeFileSync(victim, '{}');
  const planted: [what: RegExp, plant: (path: string) => void][] = [
    [/is a symbolic link, which is not followed/, (path) => symlinkSync(victim, path)],
    [/is not a plain file/, (path) => execFileSync('mkfifo', [path])],
    [/is not a plain file/, (path) => mkdirSync(path)],
  ];
  for (const [i, [what, plant]] of planted.entries()) {
    for (const name of ['', '.lock']) {
      const file = test.info().outputPath(`${i}${name}.json`);
      plant(file + name);
      expect(() => openStateFile(file), `${i}${name}`).toThrow(what);
    }
  }
  expect(readFileSync(victim, 'utf8')).toBe('{}');
});

test('two of emulate on one file: the second is refused in one sentence, and a crash leaves nothing locked', async () => {
  const file = place();
  const first = await startEmulate(...local, '--data', file);
  const { error, out, code } = await runAlone(['emulate', ...local, '--port', '0', '--data', file]);
  expect({ out, code }).toEqual({ out: '', code: 2 });
  expect(error.split('\n')[0]).toMatch(
    /^verify-passkeys: \S+state\.json is in use by process \d+: stop that one, or name another file$/,
  );
  expect(await change(first)).toMatchObject({ status: 201 });
  await first.crash();
  expect(list()).toEqual(['state.json', 'state.json.lock']);
  const second = await startEmulate(...local, '--data', file);
  expect(await change(second)).toMatchObject({ status: 201 });
  expect(await second.stop()).toBe(0);
  expect(list()).toEqual(['state.json']);
});

test('a lock of this number in an earlier run of the machine or container, or one cut short, holds nobody up', () => {
  const file = place();
  const lock = `${file}.lock`;
  for (const [left, changed] of [
    [`${process.ppid} x`, 0],
    [`${process.pid} x`, Date.now()],
    ['', Date.now()],
    ['0 x', Date.now()],
  ] as const) {
    writeFileSync(lock, left);
    utimesSync(lock, changed / 1000, changed / 1000);
    expect(() => openStateFile(file), left).not.toThrow();
  }
  writeFileSync(lock, `${process.ppid} x`);
  expect(() => openStateFile(file)).toThrow(`${basename(file)} is in use by process ${process.ppid}`);
});

test('a process whose lock another one has taken overwrites nothing', () => {
  const file = place();
  const { storage, save } = openStateFile(file);
  writeFileSync(file, '{"theirs":{}}');
  rmSync(`${file}.lock`);
  storage.set('mine', {});
  expect(save).toThrow(/state\.json is not written, since .*state\.json\.lock was removed or taken/);
  expect(readFileSync(file, 'utf8')).toBe('{"theirs":{}}');
});

test('on a full disk a call ends as 500, the old state stays whole, and no part of a new file is left', async () => {
  test.skip(process.platform === 'win32', 'Windows has no limit for the size of a file.');
  const file = place();
  const emulate = await startOnFullDisk(...local, '--data', file);
  let last = await change(emulate);
  for (let i = 0; i < 50 && last.status === 201; i++) last = await change(emulate);
  expect(last).toMatchObject({ status: 500, body: { code: 20500, message: expect.stringMatching(/EFBIG/) } });
  expect(list()).toEqual(['state.json', 'state.json.lock']);
  expect(Object.keys(JSON.parse(readFileSync(file, 'utf8'))).length).toBeGreaterThan(1);
  expect(await emulate.stop()).toBe(0);
});
