/** The package as published runs in a page. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';
import { expect, test } from '../test.ts';
import { installPackage } from './install-package.ts';

test('the package as published, in an empty project and its bundler, makes a passkey and signs in', async ({
  page,
  visit,
}) => {
  const { folder } = installPackage();
  const entry = join(folder, 'main.js');
  writeFileSync(
    entry,
    "import { createPasskeys } from 'verify-passkeys'; globalThis.installed = createPasskeys({ baseUrl: '/passkeys' });",
  );
  const { output } = (await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: { write: false, rolldownOptions: { input: entry, output: { codeSplitting: false } } },
  })) as Rolldown.RolldownOutput;
  rmSync(folder, { recursive: true });
  await visit();
  await page.addScriptTag({ type: 'module', content: output[0].code });
  const ended = await page.evaluate(async () => {
    const { installed } = globalThis as unknown as { installed: typeof passkeys };
    return [(await installed.register()).status, (await installed.authenticate()).status];
  });
  expect(ended).toEqual(['verified', 'approved']);
});
