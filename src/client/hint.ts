/** Tells the browser what has become of a passkey: a hint, which holds nothing up and hides no error. */
import { createLoad } from './load.ts';

const load = createLoad(1000);

/** Waits at most a second: a page may leave as soon as its user is signed in, and the browser should have heard by then. */
export async function hint(tell: (api: typeof import('./signal-api.ts')) => Promise<void>): Promise<void> {
  await load(async () => tell(await import('./signal-api.ts'))).catch(() => {});
}
