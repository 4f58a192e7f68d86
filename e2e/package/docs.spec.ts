/** The API reference builds from the doc comments, and lacks none. */
import { expect, test } from '@playwright/test';
import { run } from './tool.ts';

test('every public name is documented, and the API reference builds without a warning', () => {
  expect(run('typedoc', ['--emit', 'none'])).not.toContain('warning');
});
