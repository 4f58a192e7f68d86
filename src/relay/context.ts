/** The context of one call, given to the handler of its route. */
import type { App } from './app-answer.ts';
import type { Settings } from './config.ts';
import type { CookieJar } from './cookie.ts';
import type { RouteCall } from './gate.ts';
import type { Owners } from './owners.ts';
import type { PendingDeletions } from './pending-deletions.ts';
import type { TakeTurn } from './turns.ts';
import type { Verify } from './verify.ts';

/** Made for one call of the page. `verify` and `owners` share its deadline. */
export type CallContext = Omit<Settings, keyof App> &
  App & {
    cookies: CookieJar;
    verify: Verify;
    owners: Owners;
    /** What the storage has not deleted yet. It outlives the call. */
    pendingDeletions: PendingDeletions;
    /** Removals of one user run one after the other, so that `remaining` is true when the app reads it. */
    takeTurn: TakeTurn;
  };

/** Answers one route. */
export type Handler = (context: CallContext, request: Request, admitted: RouteCall) => Promise<Response>;
