/** `service probe` asks a Service for every row of the table of assumptions. Here the emulator answers for Verify. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import { type AssumptionName, assumptions } from '#assumption';
import { ask, type ProbeResult } from '#probe/ask';
import { judgeRows } from '#probe/judge';
import { readTranscript, type Transcript } from '#probe/transcript';
import { settings } from '../play-verify.ts';
import { run } from '../run-command.ts';
import { encode } from '../software-authenticator.ts';
import { accountSid, authToken, serviceSid } from '../world.ts';
import { startVerify } from './start-verify.ts';

// biome-ignore lint/suspicious/noExplicitAny: a turned answer may be anything.
type Answer = { status: number; body: any; headers: Record<string, string> };
type Turn = (answer: Answer) => Answer | Promise<Answer>;

const service = `https://verify.twilio.com/v2/Services/${serviceSid}`;

/** All probes of this file share one RSA key, since making one takes longer than the rest of a probe. */
const { subtle } = globalThis.crypto;
const makeKey = subtle.generateKey.bind(subtle) as (
  how: { name: string },
  ...rest: unknown[]
) => Promise<object>;
let rsaKey: Promise<object> | undefined;
test.beforeAll(() => {
  Object.assign(subtle, {
    generateKey: (how: { name: string }, ...rest: unknown[]) => {
      if (how.name !== 'RSASSA-PKCS1-v1_5') return makeKey(how, ...rest);
      rsaKey ??= makeKey(how, ...rest);
      return rsaKey;
    },
  });
});
test.afterAll(() => {
  delete (subtle as { generateKey?: unknown }).generateKey;
});

/** Probes an emulator in this process. `turn` changes the answer to one step, and may throw as a lost network does. */
async function probe({
  turn = {},
  signal = new AbortController().signal,
  expired = false,
}: {
  turn?: Record<string, Turn>;
  signal?: AbortSignal;
  expired?: boolean;
} = {}) {
  const storage = new Map<string, unknown>();
  const heard: string[] = [];
  const steps: string[] = [];
  let passed = 0;
  const emulator = createEmulator({ ...settings, storage, now: () => Date.now() + passed });
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    init?.signal?.throwIfAborted();
    const url = String(input);
    if (!url.startsWith(service)) throw new Error(`The probe called ${url}.`);
    const step =
      init?.method === 'DELETE' && steps.at(-1) !== 'delete-factor' && steps.at(-1) !== 'delete-entity'
        ? 'removal'
        : steps.at(-1)!;
    if (step === 'removal' && turn.removal) await turn.removal({ status: 0, body: '', headers: {} });
    if (step === 'expired-challenge') passed = 600_000;
    const response = await emulator.fetch(url, init);
    const text = await response.text();
    heard.push(url, String(init?.body ?? ''), text, ...[...response.headers.values()]);
    const answer = {
      status: response.status,
      body: text && JSON.parse(text),
      headers: Object.fromEntries(response.headers),
    };
    // The probe does not believe a date that is over, and would wait five minutes. A busy machine reads it late.
    if (step === 'challenge-expiring')
      answer.body.expiration_date = new Date(Date.now() + 1000).toISOString();
    const { status, body, headers } = (await turn[step]?.(answer)) ?? answer;
    return new Response(body === '' ? null : JSON.stringify(body), { status, headers });
  };
  let asked: ProbeResult;
  try {
    asked = await ask({
      service,
      account: btoa(`${accountSid}:${authToken}`),
      origin: settings.relyingParty.origins[0]!,
      rpId: settings.relyingParty.id,
      secrets: [],
      expired,
      signal,
      onCall: (step: string) => steps.push(step),
    });
  } finally {
    globalThis.fetch = real;
  }
  const rows = judgeRows(asked.calls, asked.stopped?.why ?? null);
  const named = (verdict: string) => rows.filter((row) => row.verdict === verdict).map(({ name }) => name);
  const left = [...storage.keys()].filter((key) => /^(entity|factor|credential):/.test(key));
  return { ...asked, rows, named, steps, heard, stored: left };
}

const refuse =
  (code: number, status = 400, headers = {}): Turn =>
  () => ({
    status,
    headers,
    body: { code, message: 'No', more_info: null, status },
  });
const body =
  (change: (body: Answer['body']) => void): Turn =>
  (answer) => {
    change(answer.body);
    return answer;
  };
const options = (change: (options: Answer['body']) => void) =>
  body(({ options: wrapped }) => change(wrapped.publicKey));

const odd = refuse(60200, 422);

/** For each row the step whose answer tells, and how to turn that one answer. */
const turns: Record<AssumptionName, [step: string, turn: Turn]> = {
  'request-id': ['factor', (answer) => ({ ...answer, headers: {} })],
  'factor-begun': [
    'factor',
    body((factor) => {
      factor.status = 'verified';
    }),
  ],
  'creation-wrapped': [
    'factor',
    body((factor) => {
      factor.options = factor.options.publicKey;
    }),
  ],
  'creation-parameters': [
    'factor',
    options((given) => {
      given.pubKeyCredParams = given.pubKeyCredParams[0];
    }),
  ],
  'algorithms-offered': [
    'factor',
    options((given) => {
      given.pubKeyCredParams.pop();
    }),
  ],
  'factor-challenge': [
    'factor',
    options((given) => {
      given.challenge = encode('another text');
    }),
  ],
  'user-id': [
    'factor',
    options((given) => {
      given.user.id = encode('ada');
    }),
  ],
  'user-name': [
    'factor',
    options((given) => {
      given.user.displayName = 'Ada';
    }),
  ],
  'creation-timeout': [
    'factor',
    options((given) => {
      given.timeout = 60_000;
    }),
  ],
  'exclude-none': [
    'factor',
    options((given) => {
      given.excludeCredentials = null;
    }),
  ],
  'exclude-credentials': [
    'factor-next',
    options((given) => {
      given.excludeCredentials = [];
    }),
  ],
  'factor-verified': [
    'factor-verified',
    body((factor) => {
      factor.status = 'pending';
    }),
  ],
  'metadata-form': [
    'factor-verified',
    body((factor) => {
      factor.metadata = JSON.stringify(factor.metadata);
    }),
  ],
  'list-lag': [
    'list',
    body((list) => {
      list.factors = [];
    }),
  ],
  'date-last-approved': [
    'read',
    body((factor) => {
      factor.metadata.date_last_approved = null;
    }),
  ],
  'second-verify': ['second-verify', odd],
  'challenge-begun': [
    'challenge',
    body((challenge) => {
      challenge.status = 'approved';
    }),
  ],
  'request-wrapped': [
    'challenge',
    body((challenge) => {
      challenge.options = challenge.options.publicKey;
    }),
  ],
  'request-options': [
    'challenge',
    options((given) => {
      given.user = { id: 'YQ' };
    }),
  ],
  'challenge-challenge': [
    'challenge',
    options((given) => {
      given.challenge = encode('another text');
    }),
  ],
  'request-timeout': [
    'challenge',
    options((given) => {
      given.timeout = 600_000;
    }),
  ],
  'allow-none': [
    'challenge',
    options((given) => {
      given.allowCredentials = [{ id: 'YQ', type: 'public-key' }];
    }),
  ],
  'challenge-unnamed': [
    'challenge',
    body((challenge) => {
      challenge.identity = null;
    }),
  ],
  approved: [
    'approved',
    body((challenge) => {
      challenge.status = 'pending';
    }),
  ],
  'approved-names': [
    'approved',
    body((challenge) => {
      challenge.factor_sid = '';
    }),
  ],
  'second-approval': ['second-approval', odd],
  'challenge-named': [
    'challenge-named',
    body((challenge) => {
      challenge.identity = '';
    }),
  ],
  'allow-credentials': [
    'challenge-named',
    options((given) => {
      given.allowCredentials = [];
    }),
  ],
  'approved-named': [
    'user-handle-absent',
    body((challenge) => {
      challenge.entity_sid = '';
    }),
  ],
  'user-handle-absent': ['user-handle-absent', odd],
  'verify-other-step': ['verify-other-step', odd],
  'verify-client-data': ['verify-client-data', odd],
  'verify-origin': ['verify-origin', odd],
  'verify-attachment-null': ['verify-attachment-null', (answer) => ({ ...answer, status: 200 })],
  'verify-attachment-missing': ['verify-attachment-missing', (answer) => ({ ...answer, status: 200 })],
  'unknown-transports': ['unknown-transports', (answer) => ({ ...answer, status: 200 })],
  'verify-content-type': ['verify-content-type', refuse(60434)],
  'eddsa-taken': ['eddsa-taken', (answer) => ({ ...answer, status: 200 })],
  'rs256-taken': ['rs256-taken', odd],
  'silent-registration': ['silent-registration', refuse(60386)],
  'verify-unverified-user': ['verify-unverified-user', odd],
  'raw-id-hex': ['raw-id-hex', refuse(60376)],
  'verify-more-members': ['verify-more-members', odd],
  'unknown-factor': ['unknown-factor', refuse(60390, 400)],
  'approve-other-step': ['approve-other-step', odd],
  'approve-client-data': ['approve-client-data', odd],
  'approve-origin': ['approve-origin', odd],
  'approve-attachment-null': ['approve-attachment-null', (answer) => ({ ...answer, status: 200 })],
  'approve-attachment-missing': ['approve-attachment-missing', (answer) => ({ ...answer, status: 200 })],
  'approve-absent-user': ['approve-absent-user', (answer) => ({ ...answer, status: 200 })],
  'unknown-passkey': ['unknown-passkey', refuse(60390, 403)],
  'approve-content-type': ['approve-content-type', refuse(60433)],
  'wrong-signature': ['wrong-signature', refuse(60381)],
  'approve-unverified-user': ['approve-unverified-user', odd],
  'approve-more-members': ['approve-more-members', odd],
  'unknown-challenge': ['unknown-challenge', refuse(60391, 400)],
  'expired-challenge': ['expired-challenge', odd],
  'unknown-identity': ['unknown-identity', (answer) => ({ ...answer, status: 201 })],
  'camel-case': ['camel-case', (answer) => ({ ...answer, status: 201 })],
  'friendly-name-limit': ['friendly-name-limit', (answer) => ({ ...answer, status: 201 })],
  'friendly-name-units': ['friendly-name-units', (answer) => ({ ...answer, status: 201 })],
  'friendly-name-bytes': ['friendly-name-bytes', odd],
  'identity-limit': ['identity-limit', odd],
  rename: [
    'rename',
    body((factor) => {
      factor.friendly_name = 'verify-passkeys probe';
    }),
  ],
  'delete-factor': ['delete-factor', odd],
  'deleted-factor': ['deleted-factor', refuse(20404, 404)],
  'delete-entity': ['delete-entity', refuse(20404, 404)],
  'list-without-entity': [
    'list-without-entity',
    (answer) => ({ ...answer, status: 200, body: { factors: [] } }),
  ],
};
test('the emulator answers every row of the table as assumed, in at most 60 calls, and nothing is left', async () => {
  const { named, stopped, left, stored, steps } = await probe({ expired: true });
  expect(named('otherwise')).toEqual([]);
  expect(named('not asked')).toEqual([]);
  expect({ stopped, left, stored }).toEqual({ stopped: null, left: [], stored: [] });
  expect(steps.length + 1).toBeLessThanOrEqual(60);
});

test('the probe names exactly the row whose answer is turned, and still removes what it made', async () => {
  test.setTimeout(600_000); // A probe for each row.
  for (const { name } of assumptions) {
    const [step, turn] = turns[name];
    const turned = await probe({ turn: { [step]: turn }, expired: name === 'expired-challenge' });
    expect(turned.named('otherwise'), `${name} turned`).toEqual([name]);
    expect(turned.stored, `${name} turned`).toEqual([]);
    expect(turned.left, `${name} turned`).toEqual([]);
  }
});

/** Why a probe that met these answers ended, and whether everything is gone. */
const ends: [what: string, turn: Record<string, Turn>, why: RegExp, isRefusal: boolean][] = [
  ['a wrong secret', { factor: refuse(20003, 401) }, /20003/, true],
  [
    'a key without the permission',
    { factor: refuse(70051, 403) },
    /API key lacks a permission.*Passkeys/,
    true,
  ],
  ['a suspended account', { factor: refuse(575001, 403) }, /suspended/, true],
  ['an account outside the beta', { factor: refuse(20500, 500) }, /private beta/, true],
  ['a limit half way', { read: refuse(20429, 429, { 'retry-after': '7' }) }, /in 7 seconds/, false],
  [
    'Verify down half way',
    { read: refuse(20503, 503), 'challenge-named': refuse(20503, 503) },
    /failed twice in a row \(503\)/,
    false,
  ],
  [
    'a network that is lost for a moment',
    {
      read: () => {
        throw new TypeError('fetch failed');
      },
    },
    /could not be reached/,
    false,
  ],
];

test('a probe that ends early says why in one sentence, keeps the rows that it asked, and leaves nothing', async () => {
  for (const [what, turn, why, isRefusal] of ends) {
    const { stopped, named, stored, left } = await probe({ turn });
    expect(stopped, what).toEqual({ why: expect.stringMatching(why), isRefusal });
    if (turn.read) expect(named('as assumed'), what).toContain('second-approval');
    expect(named('otherwise'), what).not.toContain('second-approval');
    expect({ stored, left }, what).toEqual({ stored: [], left: [] });
  }
});

test('a probe whose network is gone for good says exactly what is left in the Service', async () => {
  const gone: Turn = () => {
    throw new TypeError('fetch failed');
  };
  const { left, stored } = await probe({ turn: { read: gone, removal: gone } });
  const [entity] = stored.filter((key) => key.startsWith('entity:'));
  expect(left.map(({ path }) => path)).toEqual([`/Entities/${entity!.slice('entity:'.length)}`]);
  expect(left[0]!.why).toContain('could not be reached');
});

test('Ctrl-C ends service probe with status 2 after it has removed what it made', async () => {
  const verify = await startVerify(({ pathname }) =>
    pathname.endsWith('/ApproveChallenge') ? (new Promise(() => {}) as never) : undefined,
  );
  const env = { ...process.env, ...verify.variables };
  const child = spawn(process.execPath, ['dist/cli/index.js', 'service', 'probe'], { env });
  let error = '';
  child.stderr.on('data', (chunk) => {
    error += chunk;
    if (String(chunk).includes(' approved')) child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  await verify.stop();
  expect(error).toContain('verify-passkeys: The probe was stopped.');
  expect(code).toBe(2);
  expect(verify.calls.at(-1)).toMatchObject({
    method: 'DELETE',
    path: expect.stringMatching(/Entities\/probe-/),
  });
  expect([...verify.storage.keys()].filter((key) => /^(entity|factor):/.test(key))).toEqual([]);
});

test('service probe asks nothing of a Service that cannot be probed, and says why in one sentence', async () => {
  const verify = await startVerify();
  const askParty = async (relyingParty: object | null, variables = verify.variables) => {
    const stored = { sid: serviceSid, friendlyName: 'Shop', created: 0, updated: 0, criteria: {} };
    verify.storage.set(`service:${serviceSid}`, { ...stored, relyingParty });
    return run(['service', 'probe'], variables);
  };
  const app = { id: 'example.com', name: 'Example', origins: ['android:apk-key-hash:x'] };
  const rows: [RegExp, number, Awaited<ReturnType<typeof askParty>>][] = [
    [/is not set up for passkeys: service update/, 1, await askParty(null)],
    [/lists only origins of apps/, 1, await askParty(app)],
    [
      /20003: .*\. Nothing was asked\./,
      1,
      await askParty(app, { ...verify.variables, TWILIO_AUTH_TOKEN: 'wrong' }),
    ],
    [/set TWILIO_ACCOUNT_SID/, 2, await askParty(app, {})],
    [
      /--base or VERIFY_BASE.*on this machine/,
      2,
      await askParty(app, { ...verify.variables, VERIFY_BASE: 'https://evil.example' }),
    ],
  ];
  await verify.stop();
  for (const [said, code, { error, code: status }] of rows) {
    expect(error).toMatch(said);
    expect(status).toBe(code);
  }
  expect(verify.calls.every(({ method }) => method === 'GET')).toBe(true);
});

const transcriptOf = ({ calls, stopped, rows }: Awaited<ReturnType<typeof probe>>): Transcript => ({
  transcript: 'verify-passkeys service probe',
  calls,
  stopped: stopped?.why ?? null,
  rows,
});

test('a transcript holds nothing of the account, the Service, the passkeys or the answers that could name somebody', async () => {
  const leaky: Turn = body((factor) => {
    Object.assign(factor, {
      note: 'Ada Lovelace',
      [`AC${'9'.repeat(32)}`]: 'ada@example.org',
      count: 123456789,
    });
    factor.metadata.owner = `Shop of ${accountSid}`;
  });
  const made = await probe({
    turn: { 'factor-verified': leaky, 'second-verify': refuse(60200, 400) },
  });
  const text = JSON.stringify(transcriptOf(made));
  // Every SID, request id, base64url and name in the addresses, bodies, answers and headers.
  const all = made.heard.join('\n');
  const sids = new Set(all.match(/[A-Z]{2}[0-9a-f]{32}/g));
  const long = new Set(all.match(/[\w-]{24,}/g));
  const ours = /^(members|verify-passkeys|YF0{32}|YC0{32}|70726f62-6500-4000-8000-70726f626500)|_/;
  const zeros = new Set([`YF${'0'.repeat(32)}`, `YC${'0'.repeat(32)}`].flatMap((sid) => [sid, encode(sid)]));
  const went = [...sids, ...[...sids].map(encode), ...long].filter(
    (each) => !ours.test(each) && !zeros.has(each),
  );
  expect(went.length).toBeGreaterThan(100);
  expect(
    went.filter(
      (each) => text.includes(each) && !/^(authenticatorAttachment|discoverable|user_ver)/.test(each),
    ),
  ).toEqual([]);
  const names = ['Ada', 'Shop', '123456789', authToken, btoa(`${accountSid}:${authToken}`), 'ada@', 'AC999'];
  expect(names.filter((name) => text.includes(name))).toEqual([]);
});

test('a transcript is judged as the probe was: a shared one becomes a fixture', async () => {
  const made = await probe({ turn: { 'raw-id-hex': refuse(60376) } });
  const text = JSON.stringify(transcriptOf(made));
  const { calls, stopped, rows } = readTranscript(text);
  expect(judgeRows(calls, stopped)).toEqual(rows);
  expect(made.named('otherwise')).toEqual(['raw-id-hex']);
  expect(() => readTranscript('{"calls":[]}')).toThrow(
    /expected a transcript that service probe --json has written/,
  );
});

/** What a transcript says, and what the table says, are held together: who mends the one mends the other. */
const folder = 'e2e/fixtures/transcripts';
for (const file of readdirSync(folder)) {
  test(`the table of assumptions, and so the emulator, agrees with the transcript ${file}`, () => {
    const { calls, stopped } = readTranscript(readFileSync(`${folder}/${file}`, 'utf8'));
    expect(judgeRows(calls, stopped).filter(({ verdict }) => verdict === 'otherwise')).toEqual([]);
  });
}

test('the emulator names each row that it plays, and the guide lists the whole table', () => {
  const sources = readdirSync('src/emulator')
    .map((file) => readFileSync(`src/emulator/${file}`, 'utf8'))
    .join('\n');
  const named = [...sources.matchAll(/Assumptions?: ([a-z0-9-]+(?:, [a-z0-9-]+)*)/g)].flatMap(([, list]) =>
    list!.split(', '),
  );
  expect([...new Set(named)].sort()).toEqual(assumptions.map(({ name }) => name).sort());
  const path = 'demo/guides/assumptions.md';
  const guide = readFileSync(path, 'utf8');
  const [before] = guide.split('\n| row |');
  const told = { documented: 'written', contradicted: 'contradicted', guess: '**guess**' };
  const lines = assumptions.map(({ name, assumed, basis, source, matters, refusal }) => {
    const code = refusal ? ` ${refusal[0]}, HTTP ${refusal[1]}.` : '';
    return `| \`${name}\` | ${assumed}${code} | ${told[basis]}: ${source} | ${matters} |`;
  });
  const whole = `${before}\n| row | assumed | where it is written | what depends on it |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`;
  // `npx playwright test -c e2e command/probe --update-snapshots` writes it from the table.
  if (/all|changed/.test(test.info().config.updateSnapshots)) writeFileSync(path, whole);
  else expect(guide).toBe(whole);
});
