/** The guide Going live, rehearsed without an account: its lines run as they stand, against `emulate`. */
import { readFileSync } from 'node:fs';
import { importBlock } from '../readme.ts';
import { runAlone } from '../run-command.ts';
import { expect, test } from '../test.ts';
import { cookieSecret, identity } from '../world.ts';
import { startEmulate } from './emulate.ts';

const guide = readFileSync('demo/guides/going-live.md', 'utf8');
const section = guide.slice(guide.indexOf('## 9. Rehearse it without an account'));
const shown = (language: string) =>
  [...section.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code!.trim());

test('a reader of Going live rehearses it on one machine: the commands, the relay of README, a passkey and a sign-in', async ({
  page,
  visit,
}) => {
  test.setTimeout(90_000);
  let relay: (request: Request) => Promise<Response> = async () => new Response(null, { status: 503 });
  const { origin } = await visit({ answer: (request) => relay(request) });
  const lines = shown('sh').flatMap((block) =>
    block.split('\n').map((text) => text.replaceAll('http://localhost:3000', origin).split(' ').slice(2)),
  );
  expect(lines.map((text) => text.slice(0, 2).join(' '))).toEqual([
    'emulate --rp-id',
    'service list',
    'service create',
    'service check',
    'service probe',
    'service check',
  ]);
  const [[, ...emulated] = [], ...commands] = lines;
  const atRelay = commands.pop()!;
  const emulate = await startEmulate(...emulated);
  // The guide copies the key, and not the account.
  const { TWILIO_ACCOUNT_SID: _, TWILIO_AUTH_TOKEN: __, ...variables } = emulate.variables;
  for (const command of commands) {
    const { out, error, code } = await runAlone(command, variables, 'y\n');
    expect(code, `${command.join(' ')}\n${out}${error}`).toBe(0);
  }

  const [line] = shown('js');
  const [callEmulator] = shown('ts');
  const user = { id: identity, email: 'ada@example.com', name: 'Ada Lovelace' };
  Object.assign(globalThis, { sessions: { find: async () => user, start: async () => 'id' } });
  const before = { ...process.env };
  Object.assign(process.env, variables, { ORIGINS: origin, COOKIE_SECRET: cookieSecret });
  ({ relay } = await importBlock<{ relay: typeof relay }>('export const relay', (source) =>
    source
      .replace('createRelay({', `createRelay({\n    ${line}`)
      // The store is the guide Storage's matter.
      .replace("openPostgres(env('DATABASE_URL'))", 'new Map()')
      .concat(callEmulator!),
  ));
  const ended = await page.evaluate(async () => ({
    factor: await outcome(passkeys.register({ friendlyName: 'Laptop' })),
    challenge: await outcome(passkeys.authenticate()),
  }));
  expect(ended).toMatchObject({
    factor: { value: { status: 'verified', identity } },
    challenge: { value: { status: 'approved', identity } },
  });
  const { out, code } = await runAlone(atRelay, variables);
  expect({ out, code }).toEqual({ out: expect.stringMatching(/^Fit for /), code: 0 });
  expect(emulate.calls().filter((call) => call.includes('ApproveChallenge 200'))).not.toEqual([]);
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  await emulate.stop();
});
