/** Records the page's calls to the browser and to the relay without changing them. */
import type { Page } from '@playwright/test';

declare global {
  /** The calls since `spy` was called. */
  var calls: string[];
}

/** Returns a function that reads the calls in order: `get`, `get conditional`, `get immediate`, `create`, or the last segment of a route. */
export async function spy(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    globalThis.calls = [];
    const { fetch } = globalThis;
    globalThis.fetch = (input, init) => {
      calls.push(new URL(input instanceof Request ? input.url : input).pathname.split('/').pop()!);
      return fetch(input, init);
    };
    for (const name of ['get', 'create'] as const) {
      const native = navigator.credentials[name].bind(navigator.credentials);
      navigator.credentials[name] = ((options: CredentialRequestOptions & { uiMode?: string }) => {
        calls.push([name, options.mediation ?? options.uiMode].filter(Boolean).join(' '));
        return native(options as never);
      }) as never;
    }
  });
  return () => page.evaluate(() => calls);
}
