/** What every route of the relay works with. */
import type { Settings } from './config.ts';
import type { CookieJar } from './cookie.ts';
import type { Memory } from './memory.ts';
import type { Verify } from './verify.ts';

/** Made for one call of the page: `memory` and `verify` share its deadline. */
export type Tools = Settings & { cookies: CookieJar; memory: Memory; verify: Verify };
