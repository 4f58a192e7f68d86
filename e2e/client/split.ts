/** Serves the package to a page as a bundler splits it: what loads at first, and parts that load later. */
import type { Page, Route } from '@playwright/test';
import { type Bundle, bundle, importOf } from '../bundle.ts';

let built: Promise<Bundle> | undefined;

/** `late` answers for the parts that load later. Returns the function that serves such a part as it is. */
export async function split(
  page: Page,
  late: (route: Route) => Promise<void>,
  change = (code: string) => code,
): Promise<(route: Route) => Promise<void>> {
  built ??= bundle(importOf('.'));
  const { files, first, entry } = await built;
  const nameOf = (route: Route) => new URL(route.request().url()).pathname.replace('/app/', '');
  const serve = (route: Route) =>
    route.fulfill({ contentType: 'text/javascript', body: change(files[nameOf(route)]!) });
  await page.route('**/app/**', (route) =>
    first.includes(files[nameOf(route)]!) ? serve(route) : late(route),
  );
  await page.evaluate(async (path) => {
    globalThis.sdk = await import(path);
    globalThis.passkeys = sdk.createPasskeys({ baseUrl: '/passkeys' });
  }, `/app/${entry}`);
  return serve;
}
