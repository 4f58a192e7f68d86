/** The programs of README and the guides say in one sentence which variable is missing or wrong, or which port is taken. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@playwright/test';
import { blocksOf, importBlock } from '../readme.ts';

type Environment = Record<string, string>;

/** The servers that a guide shows whole: the file's name, a text of its block, and what runs it. */
const servers = {
  'server.js': { language: 'ts', text: 'Open http://localhost', command: process.execPath },
  'back-end.mjs': { language: 'js', text: '// back-end.mjs', command: process.execPath },
  'back_end.py': { language: 'python', text: '# back_end.py', command: 'python3' },
};

const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;

/** Runs a server of a guide in this environment alone, and returns its exit status and what it said. */
async function start(file: keyof typeof servers, environment: Environment) {
  const { language, text: part, command } = servers[file];
  // The folder is inside the package, so that Node finds the packages that the program imports.
  const folder = resolve('test-results/wrong-settings', crypto.randomUUID());
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${file}`, blocksOf(language).find((block) => block.code.includes(part))!.code);
  const { PATH = '' } = process.env;
  const child = spawn(command, [`${folder}/${file}`], { env: { PATH, ...environment } });
  // A server that starts all the same would go on for ever.
  child.stdout.once('data', () => child.kill());
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code, said: said.trim() };
}

const account: Environment = {
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'any',
  TWILIO_VERIFY_SERVICE_SID: `VA${'1'.repeat(32)}`,
};
const backEnd: Environment = { ...account, ORIGIN: 'http://localhost:1', PORT: '0' };

test("a guide's server names in one sentence each variable that is missing or wrong, and the port that is taken", async () => {
  const taken = createServer().listen(0);
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  const files = ['back-end.mjs', ...(hasPython ? ['back_end.py'] : [])] as ('back-end.mjs' | 'back_end.py')[];
  const name = 'TWILIO_ACCOUNT_SID (AC and 32 hex digits)';
  const service = 'TWILIO_VERIFY_SERVICE_SID (VA and 32 hex digits)';
  const token = 'TWILIO_AUTH_TOKEN (the secret of the account)';
  const origin = 'ORIGIN (the origin of your page, such as http://localhost:3000)';
  const number = 'PORT (a number from 0 to 65535)';
  const wrong = {
    TWILIO_ACCOUNT_SID: 'AC1',
    TWILIO_AUTH_TOKEN: '',
    TWILIO_VERIFY_SERVICE_SID: 'VA1',
    VERIFY_BASE: 'http://127.0.0.1:8787/v2',
    ORIGIN: 'http://localhost:3000/',
    PORT: 'web',
  };
  const rows: [keyof typeof servers, Environment, RegExp | string][] = [
    ['server.js', { PORT: 'web' }, 'server.js needs PORT to be a number from 1 to 65535, and not "web".'],
    ['server.js', { PORT: port }, RegExp(`^server\\.js cannot listen on PORT ${port}: [^\\n]+$`)],
    ...files.flatMap((file): typeof rows => [
      [file, {}, `${file} needs ${[name, token, service, origin, number].join(', ')} in the environment.`],
      [
        file,
        wrong,
        `${file} needs ${[name, token, service, 'VERIFY_BASE (the address that emulate prints)', origin, number].join(', ')} in the environment.`,
      ],
      ...[port, '65536'].map((PORT): (typeof rows)[number] => [
        file,
        { ...backEnd, PORT },
        RegExp(`^${file} cannot listen on PORT ${PORT}: [^\\n]+$`),
      ]),
    ]),
  ];
  const ends = await Promise.all(rows.map(([file, environment]) => start(file, environment)));
  taken.close();
  expect(ends).toEqual(
    rows.map(([, , said]) => ({
      code: 1,
      said: said instanceof RegExp ? expect.stringMatching(said) : said,
    })),
  );
});

test("README's relay, the guides' stores and the rehearsal say in one sentence which setting is missing or wrong", async () => {
  const settings: Environment = {
    TWILIO_VERIFY_SERVICE_SID: `VA${'1'.repeat(32)}`,
    TWILIO_API_KEY: `SK${'1'.repeat(32)}`,
    TWILIO_API_KEY_SECRET: 'secret',
    COOKIE_SECRET: 'x'.repeat(32),
    ORIGINS: 'https://example.com',
    DATABASE_URL: 'postgres://localhost/x',
  };
  const { relay } = await importBlock<{ relay(request: Request): Promise<Response> }>('export const relay');
  const before = { ...process.env };
  const ask = (name: string, value: string) => {
    Object.assign(process.env, settings, { [name]: value });
    return () => relay(new Request('https://example.com/passkeys/Challenges', { method: 'POST' }));
  };
  try {
    for (const name of Object.keys(settings)) {
      expect(ask(name, '')).toThrow(`relay.ts needs ${name} in the environment.`);
    }
    for (const [name, value, said] of [
      ['TWILIO_VERIFY_SERVICE_SID', 'VA1', 'createRelay: serviceSid must be VA and 32 hex digits'],
      ['TWILIO_API_KEY', 'SK1', 'createRelay: apiKey must be SK and 32 hex digits'],
      [
        'TWILIO_API_KEY_SECRET',
        'a b',
        'createRelay: apiKeySecret must be ASCII without spaces, and not empty',
      ],
      ['COOKIE_SECRET', 'short', 'createRelay: cookieSecret must be at least 32 characters long'],
      [
        'ORIGINS',
        'https://example.com/',
        /^createRelay: origins must be .* "https:\/\/example\.com\/" is not an origin/,
      ],
      [
        'DATABASE_URL',
        'mysql://x',
        'openPostgres needs an address such as postgres://user:password@host/database.',
      ],
    ] as const) {
      expect(ask(name, value), name).toThrow(said);
    }
  } finally {
    for (const name of Object.keys(settings)) delete process.env[name];
    Object.assign(process.env, before);
  }
  const { openRedis } = await importBlock<{ openRedis(url: string): unknown }>('export function openRedis');
  expect(() => openRedis('localhost')).toThrow('openRedis needs an address such as redis://host:6379.');
  const { callEmulator } = await importBlock<{ callEmulator(base: string): unknown }>(
    'function callEmulator',
  );
  expect(() => callEmulator('localhost:8787')).toThrow('relay.ts needs VERIFY_BASE as emulate prints it.');
});
