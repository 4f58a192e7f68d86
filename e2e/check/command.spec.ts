/** The command checks a body from a file or from standard input. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { authentication, flatten, recorded, registration, rename, sign } from '../credential.ts';
import { run as runCommand } from '../run-command.ts';
import { createAuthenticator, encode, flag } from '../software-authenticator.ts';

const { bin, version } = JSON.parse(readFileSync('package.json', 'utf8'));

const run = (args: string[], input?: string | Uint8Array) => runCommand(args, {}, input);

const good = JSON.stringify(registration);
const expected = ['--origin', recorded.origin, '--rp-id', recorded.rpId];

test('the command is a script that npx can run', () => {
  expect(readFileSync(bin['verify-passkeys'], 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test('`check` prints "Fit to send." for a correct body, and exits with 0', async () => {
  const { challenge } = JSON.parse(atob(authentication.response.clientDataJSON));
  expect(await run(['check', 'registration'], good)).toEqual({ out: 'Fit to send.\n', error: '', code: 0 });
  const args = ['check', 'authentication', ...expected, '--challenge', challenge];
  expect(await run(args, JSON.stringify(authentication))).toMatchObject({ out: 'Fit to send.\n', code: 0 });
});

test('`check` prints the code, place, mistake and fix for an incorrect body, and exits with 1', async () => {
  const { out, code } = await run(['check', 'registration'], JSON.stringify(flatten(registration)));
  expect(code).toBe(1);
  expect(out.split('\n')).toEqual([
    '60380 response.clientDataJSON',
    expect.stringMatching(/^ {2}clientDataJSON stands at the top level; it belongs under response/),
    expect.stringMatching(/^ {2}Nest clientDataJSON, /),
    '',
  ]);
});

test('`check` compares with --challenge, --origin and --rp-id', async () => {
  const wrong = ['--challenge', 'WUY', '--origin', 'https://example.com', '--rp-id', 'example.com'];
  const { out, code } = await run(['check', 'registration', ...wrong], good);
  expect(code).toBe(1);
  for (const words of ['another challenge', 'another origin', 'another relying party']) {
    expect(out).toContain(words);
  }
});

test('`check --json` prints the issues for machines', async () => {
  expect(await run(['check', 'registration', '--json'], good)).toMatchObject({ out: '[]\n', code: 0 });
  const { out, code } = await run(['check', 'authentication', '--json'], good);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject([{ code: 60380, path: 'response' }]);
});

test('`check --conditional` accepts a passkey that was made without asking the user', async () => {
  const silent = (await createAuthenticator()).register(encode(`YF${'a'.repeat(32)}`), {
    flags: flag.attested,
  });
  const input = JSON.stringify(silent);
  expect(await run(['check', 'registration', '--conditional'], input)).toMatchObject({ code: 0 });
  expect(await run(['check', 'registration'], input)).toMatchObject({ code: 1 });
});

test('`check` reads a file', async () => {
  const path = test.info().outputPath('body.json');
  const { writeFile, mkdir } = await import('node:fs/promises');
  await mkdir(test.info().outputDir, { recursive: true });
  await writeFile(path, good);
  expect(await run(['check', 'registration', path])).toMatchObject({ code: 0 });
});

const marks: [what: string, encode: (text: string) => Buffer][] = [
  ['UTF-8 with a byte order mark', (text) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16 with a byte order mark', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 without a byte order mark', (text) => Buffer.from(text, 'utf16le')],
  ['big-endian UTF-16 with a byte order mark', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ['big-endian UTF-16 without a byte order mark', (text) => Buffer.from(text, 'utf16le').swap16()],
];
for (const [what, write] of marks) {
  test(`\`check\` reads ${what}, as Windows PowerShell and editors write it`, async () => {
    expect(await run(['check', 'registration'], write(good))).toMatchObject({
      out: 'Fit to send.\n',
      code: 0,
    });
  });
}

test('`check` waits for input that comes late, in pieces', async () => {
  const child = spawn(process.execPath, [bin['verify-passkeys'], 'check', 'registration']);
  const exit = new Promise((resolve) => child.on('close', resolve));
  const out = new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))));
  await new Promise((resolve) => child.on('spawn', resolve));
  for (const piece of good.match(/.{1,100}/g)!) {
    await new Promise((resolve) => child.stdin.write(piece, resolve));
  }
  child.stdin.end();
  expect(await out).toBe('Fit to send.\n');
  expect(await exit).toBe(0);
});

test('`check` waits for the rest of a non-blocking input, which some shells and terminals pass on', async () => {
  // The flag O_NONBLOCK belongs to the open pipe. Reading it as a stream sets the flag for every process that has it.
  const opener = `
    const command = ['-c', 'read line <&3; exec "$0" "$@"', process.execPath, ...process.argv.slice(1)];
    const child = require('node:child_process').spawn('sh', command, { stdio: [0, 1, 2, 'pipe'] });
    child.on('exit', (code) => process.exit(code));
    void process.stdin;
    child.stdio[3].end('\\n');`;
  const child = spawn(process.execPath, [
    '-e',
    opener,
    '--',
    bin['verify-passkeys'],
    'check',
    'registration',
  ]);
  const exit = new Promise((resolve) => child.on('close', resolve));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  child.stdin.on('error', () => {});
  child.stdin.write(good.slice(0, 100));
  // A command that does not wait fails within this time. A command that waits has as much time as it needs.
  await Promise.race([exit, new Promise((resolve) => setTimeout(resolve, 500))]);
  child.stdin.end(good.slice(100));
  expect({ code: await exit, said }).toEqual({ code: 0, said: 'Fit to send.\n' });
});

const forged = '\u001b[2J\r\n60380 forged\u202e\u2028\u0085\u200b';
const hostile: [what: string, body: string][] = [
  ['an origin', JSON.stringify(sign((data) => ({ ...data, origin: forged }))(registration))],
  [
    'the name of a member',
    JSON.stringify(rename('rawId', `${forged.replace(/[a-z]/g, '')}rawId`)(registration)),
  ],
  ['a name around the credential', JSON.stringify({ [forged.slice(0, 20)]: registration })],
  [
    'a transport',
    JSON.stringify({ ...registration, response: { ...registration.response, transports: [forged] } }),
  ],
  ['a type', JSON.stringify({ ...registration, type: forged.slice(0, 10) })],
];
for (const [what, body] of hostile) {
  for (const json of [[], ['--json']]) {
    test(`\`check ${json.join('')}\` prints ${what} without characters that control a terminal or mislead a reader`, async () => {
      const { out, code } = await run(['check', 'registration', ...expected, ...json], body);
      expect(code).toBe(1);
      expect(out.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(out).not.toMatch(/^60380 forged/m);
      if (json[0]) expect(JSON.parse(out).length).toBeGreaterThan(0);
    });
  }
}

test('the command prints its arguments without characters that control a terminal or mislead a reader', async () => {
  const { error, code } = await run(['check', forged]);
  expect(code).toBe(2);
  expect(error.split('\n\nUsage')[0]).toMatch(/^verify-passkeys: [^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);
});

test('`check -` reads standard input', async () => {
  expect(await run(['check', 'registration', '-'], good)).toMatchObject({ out: 'Fit to send.\n', code: 0 });
});

test('`check` exits with its verdict and prints no stack trace if its output is closed early', async () => {
  const child = spawn(process.execPath, [bin['verify-passkeys'], 'check', 'registration']);
  child.stdout.destroy();
  child.stdin.end('{}');
  let error = '';
  child.stderr.on('data', (chunk) => (error += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ error, code }).toEqual({ error: '', code: 1 });
});

for (const [what, input] of [
  ['cut JSON', good.slice(0, -1)],
  ['an empty body', ''],
  ['form data', 'id=1'],
] as const) {
  test(`\`check\` prints an issue for ${what}, and no part of the body`, async () => {
    const { out, error, code } = await run(['check', 'registration'], input);
    expect({ error, code }).toEqual({ error: '', code: 1 });
    expect(out).toMatch(/^60306 \(the body\)\n {2}The body is not JSON/);
    expect(out).not.toContain(registration.id);
  });
}

for (const [what, args] of [
  ['no command', []],
  ['an unknown command', ['chek']],
  ['no step', ['check']],
  ['an unknown step', ['check', 'signin']],
  ['an unknown option', ['check', 'registration', '--sid', 'YF']],
  ['an option without its value', ['check', 'registration', '--origin']],
  ['a file that is not there', ['check', 'registration', 'no/such/file.json']],
  ['two files', ['check', 'registration', 'package.json', 'package.json']],
] as const) {
  test(`the command exits with 2 and says how to use it if it gets ${what}`, async () => {
    const { out, error, code } = await run([...args]);
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(error).toMatch(/^verify-passkeys: .+\n\nUsage: verify-passkeys (check|<command>)/);
  });
}

for (const help of ['-h', '--help']) {
  test(`${help} says how the command and each of its subcommands are used, and exits with 0`, async () => {
    const general = await run([help]);
    expect(general).toMatchObject({
      out: expect.stringMatching(/^Usage: verify-passkeys <command>/),
      code: 0,
    });
    const check = await run(['check', 'registration', help]);
    expect(check).toMatchObject({ out: expect.stringMatching(/^Usage: verify-passkeys check/), code: 0 });
  });
}

test('--version prints the version of the package, and exits with 0', async () => {
  expect(await run(['--version'])).toEqual({ out: `${version}\n`, error: '', code: 0 });
});
