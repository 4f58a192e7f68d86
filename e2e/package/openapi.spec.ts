/** The OpenAPI document is one that the common tools take: linters, generators of clients, and any regular expression. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { expect, test } from '@playwright/test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { ada, openBrowser, type Stage, setUp } from '../relay/stage.ts';
import { page } from '../software-authenticator.ts';
import { compilers, run } from './tool.ts';

const source = readFileSync('dist/openapi.json', 'utf8');
const document = JSON.parse(source);

async function lint(text: string) {
  const config = await createConfig({ extends: ['recommended'] });
  return (await lintFromString({ source: text, config })).map(({ ruleId }) => ruleId);
}

test('a linter with the recommended rules finds nothing in the document', async () => {
  expect(document.openapi).toBe('3.1.0');
  expect(await lint(source)).toEqual([]);
  // The linter does look: without its security, or with a member that OpenAPI does not have, the document is faulty.
  const { components, ...rest } = document;
  const { securitySchemes: _, ...others } = components;
  expect(await lint(JSON.stringify({ ...rest, components: others }))).toContain('security-defined');
  expect(await lint(JSON.stringify({ ...document, pages: {} }))).toContain('struct');
});

type Schema = { [keyword: string]: unknown; properties?: Record<string, Schema>; items?: Schema };

function* membersOf(schema: Schema, path: string): Generator<[path: string, member: Schema]> {
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    yield [`${path}.${name}`, member];
    yield* membersOf(member, `${path}.${name}`);
  }
  if (schema.items) yield* membersOf(schema.items, `${path}[]`);
}

test('every member in the document says what it means and which form it has, in patterns that every language reads', () => {
  const members = Object.entries<Schema>(document.components.schemas).flatMap(([name, schema]) => [
    ...membersOf(schema, name),
  ]);
  expect(members.length).toBeGreaterThan(100);
  const without = members.filter(([, { description }]) => !/^.{10,}\.$/.test(String(description)));
  expect(without.map(([path]) => path)).toEqual([]);
  const formless = members.filter(([, { type, anyOf }]) => !type && !anyOf);
  expect(formless.map(([path]) => path)).toEqual([]);
  // RE2 has no look-ahead and no back-reference, and \w means other letters in other languages.
  const patterns = members.map(([, { pattern }]) => pattern).filter((pattern) => pattern !== undefined);
  expect(patterns.length).toBeGreaterThan(20);
  expect(patterns.filter((pattern) => /\(\?[^:]|\\/.test(String(pattern)))).toEqual([]);
});

const program = `
import { finishRegistration, list, remove, type RegistrationCredential } from './client';

const credential: RegistrationCredential = {
  id: 'AQID',
  rawId: 'AQID',
  authenticatorAttachment: 'platform',
  type: 'public-key',
  response: { clientDataJSON: 'AQID', attestationObject: 'AQID', transports: ['internal'] },
};
// @ts-expect-error A flattened credential has no response.
const flattened: RegistrationCredential = { id: 'AQID', rawId: 'AQID', authenticatorAttachment: 'platform', clientDataJSON: 'AQID' };

const { data, error } = await finishRegistration({ body: credential });
const status: 'unverified' | 'verified' | undefined = data?.status;
const { data: passkeys } = await list();
const names: (string | undefined)[] = passkeys?.factors.map((factor) => factor.friendly_name) ?? [];
await remove({ path: { sid: 'YF' } });
console.log(flattened, status, names, error?.code, error?.message);
`;

test('a client that is generated from the document compiles strict, and refuses a flattened credential', async () => {
  const folder = mkdtempSync('node_modules/.cache/openapi-');
  try {
    await createClient({
      input: document,
      output: join(folder, 'client'),
      logs: { level: 'silent', file: false },
    });
    writeFileSync(join(folder, 'program.ts'), program);
    const options = '--noEmit --strict --noUncheckedIndexedAccess --skipLibCheck --types --target es2023';
    const modules = '--module esnext --moduleResolution bundler --ignoreConfig';
    run(compilers[7], [...`${options} ${modules}`.split(' '), join(folder, 'program.ts')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

type Browser = ReturnType<typeof openBrowser>;
type Call = (browser: Browser) => Promise<{ status: number }>;

const sid = `YF${'1'.repeat(32)}`;
const answerOf = (status: number, code: number, headers = {}) => ({
  verify: async () => Response.json({ code, message: 'no', status }, { status, headers }),
});

/** A refusal of the relay: its status, the operation, the call, and how the relay or Verify is set. */
const rows: [status: number, operation: string, call: Call, config?: Parameters<typeof setUp>[0]][] = [
  [400, 'post /Factors', (browser) => browser.post('Factors', { friendly_name: 7 })],
  [401, 'post /Factors', (browser) => browser.post('Factors', {}, { cookie: '' })],
  [401, 'get /Factors', (browser) => browser.send('GET', 'Factors', undefined, { cookie: '' })],
  [
    401,
    'delete /Factors/{sid}',
    (browser) => browser.send('DELETE', `Factors/${sid}`, undefined, { cookie: '' }),
  ],
  [403, 'post /Challenges', (browser) => browser.post('Challenges', {}, { origin: 'https://evil.example' })],
  [404, 'post /Factors/{sid}', (browser) => browser.post(`Factors/${sid}`, { friendly_name: 'Key' })],
  [404, 'delete /Factors/{sid}', (browser) => browser.send('DELETE', `Factors/${sid}`)],
  [413, 'post /Factors', (browser) => browser.post('Factors', { long: 'x'.repeat(70_000) })],
  [415, 'post /Factors', (browser) => browser.post('Factors', '{}', { 'content-type': 'text/plain' })],
  [
    429,
    'post /Challenges',
    (browser) => browser.post('Challenges', {}),
    answerOf(429, 20429, { 'retry-after': '7' }),
  ],
  [502, 'get /Factors', (browser) => browser.send('GET', 'Factors'), answerOf(401, 20003)],
  [503, 'get /Factors', (browser) => browser.send('GET', 'Factors'), { relay: { storage: broken() } }],
  [
    504,
    'post /Challenges',
    (browser) => browser.post('Challenges', {}),
    { relay: { timeout: 50 }, verify: hang },
  ],
];

function broken() {
  const fail = () => Promise.reject(new Error('down'));
  return { get: fail, set: fail, delete: fail };
}

function hang() {
  return new Promise<Response>(() => {});
}

test('each refusal of the relay stands in the document by its status', async () => {
  for (const [status, operation, call, config] of rows) {
    const browser = openBrowser(setUp(config), ada);
    expect((await call(browser)).status, operation).toBe(status);
    expect(namedIn(operation), operation).toContain(String(status));
  }
});

test('each refusal of a finish stands in the document by its status', async () => {
  for (const [operation, route, begin] of [
    ['post /VerifyFactor', 'VerifyFactor', 'Factors'],
    ['post /ApproveChallenge', 'ApproveChallenge', 'Challenges'],
  ] as const) {
    const statuses: number[] = [];
    const finish = async (own: Stage, change?: Record<string, string | undefined>) => {
      const browser = openBrowser(own, ada);
      const passkey = await browser.register();
      const { challenge } = await browser.begin(begin);
      const credential =
        route === 'VerifyFactor' ? passkey.register(challenge) : await passkey.sign(challenge, {});
      statuses.push((await browser.post(route, credential, change)).status);
      return { browser, credential };
    };
    const stage = setUp();
    await finish(stage, { cookie: `session=${ada}` });
    await finish(stage, { origin: 'https://evil.example' });
    await finish(stage, { 'content-type': 'text/plain' });
    const { browser } = await finish(stage, { 'content-type': 'text/plain' });
    statuses.push((await browser.post(route, { id: page.origin })).status);
    expect(statuses).toEqual([409, 403, 415, 415, 400]);
    for (const status of statuses) expect(namedIn(operation), operation).toContain(String(status));
  }
});

function namedIn(operation: string): string[] {
  const [method = '', path = ''] = operation.split(' ');
  return Object.keys(document.paths[path][method].responses);
}
