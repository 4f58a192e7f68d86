/** What a sign-in costs besides the authenticator and the network: this SDK, the libraries it uses, and native calls. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { type Page, test } from '@playwright/test';
import { brotli, bundle } from '../bundle.ts';

const { authentication } = JSON.parse(readFileSync('e2e/fixtures/chromium.json', 'utf8'));
const { challenge, origin } = JSON.parse(atob(authentication.response.clientDataJSON));

const files: Record<string, string> = {
  'native calls': 'native',
  '@simplewebauthn/browser': 'simplewebauthn',
  'ky, @simplewebauthn/browser and valibot put together': 'composed',
  'verify-passkeys': 'ours',
};

const rounds = 500;

test('what a sign-in takes besides the authenticator and the network', async ({ page, browser }) => {
  test.setTimeout(120_000);
  await open(page);
  const sizes: Record<string, number> = {};
  for (const [name, file] of Object.entries(files)) {
    const path = JSON.stringify(resolve(`e2e/bench/rivals/${file}.ts`));
    sizes[name] = brotli((await bundle(`export { signIn } from ${path}`)).first);
    const { first } = await bundle(
      `import { signIn } from ${path}; globalThis.rivals[${JSON.stringify(name)}] = signIn`,
      [],
      true,
    );
    await page.addScriptTag({ type: 'module', content: first.join('\n') });
  }
  await page.waitForFunction(
    (count) => Object.keys(globalThis.rivals).length === count,
    Object.keys(files).length,
  );
  const medians = await page.evaluate(race, rounds);
  const native = medians['native calls']!;
  console.log(
    `\n${cpus()[0]!.model}, ${cpus().length} cores, Chromium ${browser.version()}, Node ${process.version}, ${rounds} rounds\n`,
  );
  console.log('| sign-in by | median, ms | more than native, ms | bytes (brotli) |\n|---|---|---|---|');
  for (const [name, median] of Object.entries(medians)) {
    console.log(`| ${name} | ${median.toFixed(2)} | ${(median - native).toFixed(2)} | ${sizes[name]} |`);
  }
});

declare global {
  /** The ways to sign in, by name. */
  var rivals: Record<string, () => Promise<unknown>>;
}

/** Opens a page whose relay and authenticator answer at once, with a credential recorded from Chromium. */
async function open(page: Page): Promise<void> {
  await page.route('**', (route) =>
    route.fulfill({
      contentType: 'text/html',
      // Isolated pages have a finer clock.
      headers: {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      },
      body: '<!doctype html><link rel="icon" href="data:,"><title>Bench</title>',
    }),
  );
  await page.goto(origin);
  await page.evaluate(
    ({ authentication: signed, challenge: encoded }) => {
      globalThis.rivals = {};
      const sid = atob(encoded.replace(/-/g, '+').replace(/_/g, '/'));
      const publicKey = {
        challenge: encoded,
        rpId: 'localhost',
        allowCredentials: [],
        userVerification: 'preferred',
        timeout: 300_000,
      };
      const answers = {
        Challenges: JSON.stringify({ sid, status: 'pending', options: { publicKey } }),
        ApproveChallenge: JSON.stringify({
          sid,
          status: 'approved',
          identity: '',
          entity_sid: '',
          factor_sid: '',
        }),
      };
      globalThis.fetch = async (input) => {
        const route = (input instanceof Request ? input.url : String(input))
          .split('/')
          .pop() as keyof typeof answers;
        return new Response(answers[route], { headers: { 'content-type': 'application/json' } });
      };
      const bytes = (base64url: string) =>
        Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0))
          .buffer;
      const { clientDataJSON, authenticatorData, signature, userHandle } = signed.response;
      const credential = {
        ...signed,
        rawId: bytes(signed.rawId),
        response: {
          clientDataJSON: bytes(clientDataJSON),
          authenticatorData: bytes(authenticatorData),
          signature: bytes(signature),
          userHandle: bytes(userHandle),
        },
        getClientExtensionResults: () => ({}),
        toJSON: () => signed,
      };
      navigator.credentials.get = async () => credential;
    },
    { authentication, challenge },
  );
}

/** Runs every library once in each round, and begins with a different one each time: a slow machine slows them all. */
async function race(count: number): Promise<Record<string, number>> {
  const names = Object.keys(rivals);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -20; round < count; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + 20) % names.length]!;
      const began = performance.now();
      await rivals[name]!();
      if (round >= 0) times.get(name)!.push(performance.now() - began);
    }
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1]!;
  return Object.fromEntries(names.map((name) => [name, median(times.get(name)!)]));
}
