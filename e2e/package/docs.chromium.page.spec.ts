/** The API reference builds from the doc comments, which are complete. Everybody can read it, and it links to the site. */
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { findBroken } from '../axe.ts';
import { expect, test } from '../test.ts';
import { run } from './tool.ts';

test('every public name is documented once, the API reference builds without a warning, and axe finds nothing in it', async ({
  page,
}, testInfo) => {
  // TypeDoc and axe both take their time on a busy machine.
  test.slow();
  const api = testInfo.outputPath('api');
  expect(run('typedoc', ['--out', api])).not.toContain('[warning]');
  // TypeDoc numbers a second meaning of a name, such as a schema that is called like its type.
  const pages = readdirSync(api, { recursive: true, encoding: 'utf8' });
  expect(pages.filter((path) => /-\d+\.html$/.test(path))).toEqual([]);
  // The demo and the guides link to this page.
  expect(readFileSync(`${api}/index.html`, 'utf8')).toContain('href="../guides/index.html"');
  const deep = readFileSync(`${api}/functions/verify-passkeys_relay.createRelay.html`, 'utf8');
  expect(deep).toContain('href="../../index.html"');

  await page.goto(pathToFileURL(`${api}/index.html`).href);
  const doors = page.locator('dl.tsd-member-summaries');
  expect(await doors.locator('dt').allTextContents()).toEqual([
    'verify-passkeys',
    'verify-passkeys/credential',
    'verify-passkeys/emulator',
    'verify-passkeys/messages',
    'verify-passkeys/playwright',
    'verify-passkeys/relay',
  ]);
  for (const said of await doors.locator('dd').allTextContents()) expect(said.trim()).toMatch(/^[A-Z].+\.$/s);

  for (const [colorScheme, path] of [
    ['light', 'index'],
    ['light', 'functions/verify-passkeys_relay.createRelay'],
    ['dark', 'types/verify-passkeys.Passkeys'],
    ['dark', 'types/verify-passkeys_relay.RelayConfig'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(pathToFileURL(`${api}/${path}.html`).href);
    expect(await findBroken(page), path).toEqual([]);
  }
});
