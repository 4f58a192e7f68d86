/** The API reference builds from the doc comments, which are complete, and links to the demo and the guides. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { run } from './tool.ts';

test('every public name and member is documented once, and the API reference builds without a warning and links to the demo', ({
  browserName: _,
}, testInfo) => {
  const api = testInfo.outputPath('api');
  expect(run('typedoc', ['--out', api])).not.toContain('[warning]');
  // TypeDoc numbers a second meaning of a name, such as a schema that is called like its type.
  const pages = readdirSync(api, { recursive: true, encoding: 'utf8' });
  expect(pages.filter((page) => /-\d+\.html$/.test(page))).toEqual([]);
  // The demo and the guides link to this page.
  expect(readFileSync(`${api}/index.html`, 'utf8')).toContain('href="../guides/index.html"');
  const deep = readFileSync(`${api}/functions/relay.createRelay.html`, 'utf8');
  expect(deep).toContain('href="../../index.html"');
});
