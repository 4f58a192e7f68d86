/** What the code of every route gets. */
import type { Settings } from './config.ts';
import type { CookieJar } from './cookie.ts';
import type { Call } from './deadline.ts';
import type { Verify } from './verify.ts';

/** Created for one call of the page. Everything that waits shares the deadline of `call`. */
export type Tools = Settings & {
  call: Call;
  cookies: CookieJar;
  verify: Verify;
  /** Factors that Verify has deleted but the storage still has. They outlive the call. */
  unforgotten: Set<string>;
};
