/** Tells the browser what happened to a passkey. It is only a hint: if it fails, nothing else fails. */
import { createLoad } from './load.ts';
import type * as signalApi from './signal-api.ts';

const load = createLoad(1000);

/**
 * Waits at most a second: the browser should know before a page navigates away after its sign-in. The import() saves
 * 2,200 bytes at first load, by `npm run size` in Vite.
 */
export async function tellBrowser(tell: (api: typeof signalApi) => Promise<void>): Promise<void> {
  await load(async () => tell(await import('./signal-api.ts'))).catch(() => {});
}
