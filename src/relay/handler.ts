/** What every route of the relay works with. */
import type { Settings } from './config.ts';
import type { CookieJar } from './cookie.ts';
import type { Call } from './deadline.ts';
import type { Verify } from './verify.ts';

/** Made for one call of the page: whatever waits shares the deadline of `call`. */
export type Tools = Settings & {
  call: Call;
  cookies: CookieJar;
  verify: Verify;
  /** Factors that Verify has deleted and the storage has not forgotten. They outlive the call. */
  unforgotten: Set<string>;
};
