/** How long a user waits from the click to the browser's prompt on a slow network, in the files that each bundler writes. */
import { expect, type Page, type Route, test } from '@playwright/test';
import { doorOf } from '../bundle.ts';
import { buildWith, bundlers } from '../package/bundlers.ts';

/** Milliseconds of each request, and what Verify adds to the begin call. */
const network = 150;
const verify = 50;

const code = `import { createPasskeys } from ${JSON.stringify(doorOf('.'))};
globalThis.passkeys = createPasskeys({ baseUrl: '/passkeys' });`;

for (const [name, bundler] of Object.entries(bundlers)) {
  test(`from the click to the prompt in ${name}`, async ({ page }) => {
    const { files, entry } = await buildWith(bundler, code, false);
    for (const ceremony of ['register', 'authenticate'] as const) {
      const { took, begin, asked } = await clickToPrompt(page, ceremony, files, entry);
      const order = asked.map(({ path, at }) => `${path} at ${at.toFixed(0)} ms`);
      const times = `${took.toFixed(0)} ms, the begin call alone ${begin.toFixed(0)} ms`;
      console.log(`${name}, ${ceremony}: ${times}, ${(took / begin).toFixed(2)} times: ${order.join(', ')}`);
      // A busy machine slows both, so the times only are printed. Whatever is needed is asked for before an answer comes.
      const last = asked.at(-1)!;
      expect(
        last.at - asked[0]!.at,
        `${name}, ${ceremony}: ${last.path} waited for another file`,
      ).toBeLessThan(network);
    }
  });
}

/** A request, and when it was made, in milliseconds. */
type FileRequest = { path: string; at: number };

/** Opens a fresh page, clicks, and waits for the prompt. Lists the requests since the click. */
async function clickToPrompt(
  page: Page,
  ceremony: 'register' | 'authenticate',
  files: Map<string, string>,
  entry: string,
): Promise<{ took: number; begin: number; asked: FileRequest[] }> {
  const options = {
    challenge: 'WUM'.padEnd(48, 'A'),
    rp: { name: 'Bench' },
    user: { id: 'AAAA', name: 'Ada', displayName: 'Ada' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  };
  const asked: FileRequest[] = [];
  const answer = async (route: Route) => {
    const { pathname } = new URL(route.request().url());
    asked.push({ path: pathname.replace(/^\/(app|passkeys)\//, ''), at: performance.now() });
    const isBegin = pathname.startsWith('/passkeys/');
    await new Promise((done) => setTimeout(done, network + (isBegin ? verify : 0)));
    if (isBegin) return route.fulfill({ json: { options: { publicKey: options } } });
    const file = files.get(pathname.replace('/app/', ''));
    if (file !== undefined) return route.fulfill({ contentType: 'text/javascript', body: file });
    const html = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/app/${entry}"></script>`;
    return route.fulfill({ contentType: 'text/html', body: html });
  };
  await page.unrouteAll();
  await page.route('**', answer);
  await page.goto('http://localhost/');
  await page.waitForFunction(() => 'passkeys' in globalThis);
  asked.length = 0;
  const clicked = performance.now();
  const times = await page.evaluate(
    async ([method, prompt]) => {
      const began = performance.now();
      const answered = new Promise<number>((resolve) => {
        const { fetch } = globalThis;
        globalThis.fetch = async (...call) => {
          const response = await fetch(...call);
          resolve(performance.now() - began);
          return response;
        };
      });
      const prompted = new Promise<number>((resolve) => {
        navigator.credentials[prompt] = () => {
          resolve(performance.now() - began);
          return new Promise(() => {});
        };
      });
      passkeys[method]().catch(() => {});
      return { took: await prompted, begin: await answered };
    },
    [ceremony, ceremony === 'register' ? 'create' : 'get'] as const,
  );
  return { ...times, asked: asked.map(({ path, at }) => ({ path, at: at - clicked })) };
}
