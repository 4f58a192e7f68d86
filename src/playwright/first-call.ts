/** Makes the first call in each document wait until its page has every authenticator of the context. */
import type { BrowserContext, Page } from '@playwright/test';

/** Adds an authenticator to a page, or waits until it is added. */
type Attach = (page: Page) => Promise<void>;

/** The authenticators of each context. The script stays in a context, so that it is added once. */
const attaching = new WeakMap<BrowserContext, Set<Attach>>();

/**
 * A popup or a page that signs in while it loads calls before Playwright reports the page, so before an authenticator
 * can be added over CDP. An init script runs before every script of the page. Returns a function that ends it.
 */
export async function delayFirstCalls(context: BrowserContext, attach: Attach): Promise<() => void> {
  const known = attaching.get(context);
  const all = known ?? new Set();
  all.add(attach);
  if (!known) {
    attaching.set(context, all);
    await context.exposeBinding(binding, ({ page }) => Promise.all([...all].map((one) => one(page))));
    await context.addInitScript(waitForAuthenticators, binding);
  }
  return () => all.delete(attach);
}

const binding = '__verifyPasskeysAuthenticators';

/** Runs in the page. */
function waitForAuthenticators(key: string): void {
  const page: Record<string, unknown> = globalThis;
  const attached = page[key];
  // Playwright's function is no business of the page's scripts.
  delete page[key];
  if (typeof CredentialsContainer === 'undefined' || typeof attached !== 'function') return;
  const waitForAttached: () => Promise<void> = async () => attached();
  let isAttached = false;
  function delay<O>(call: (options?: O) => Promise<Credential | null>) {
    return async function (this: CredentialsContainer, options?: O): Promise<Credential | null> {
      if (!isAttached) await waitForAttached().catch(() => {});
      isAttached = true;
      return call.call(this, options);
    };
  }
  const { create, get } = CredentialsContainer.prototype;
  Object.assign(CredentialsContainer.prototype, { create: delay(create), get: delay(get) });
}
