/**
 * The server part. It holds the account's secret, passes a page's calls on to Verify and decides who signed in.
 * It is a web-standard fetch handler and runs unchanged in Node, Workers, Deno and Bun.
 *
 * @module verify-passkeys/relay
 */
import type { Route } from '../contract/route.ts';
import { createApp } from './app-answer.ts';
import { type RelayConfig, readConfig } from './config.ts';
import type { Handler } from './context.ts';
import { createCookieJar } from './cookie.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { addCorsHeaders, admit, answerPreflight } from './gate.ts';
import { createOwners } from './owners.ts';
import { createPendingDeletions } from './pending-deletions.ts';
import { createTurns } from './turns.ts';
import { createVerify, type Trace } from './verify.ts';

export { type Admin, type AdminConfig, AdminError, type AdminPasskey, createAdmin } from './admin.ts';
export type { Refused } from './answer.ts';
export type {
  Account,
  AnswerHeaders,
  Approval,
  Awaitable,
  ConnectionConfig,
  RelayConfig,
  RelayStorage,
  Removal,
  VerifiedFactor,
  Who,
} from './config.ts';
export type { RelayCode } from './refusal.ts';

/** A route's code is loaded with its first call. If loading fails, the next call tries again. */
function lazy(load: () => Promise<Handler>): Handler {
  // import() finds a loaded file again each time, which takes Node 24 three per cent of a call.
  let loaded: Handler | undefined;
  return async (...asked) => {
    loaded ??= await load();
    return loaded(...asked);
  };
}

const handlers: Record<Route, Handler> = {
  Factors: lazy(async () => (await import('./registration.ts')).beginRegistration),
  VerifyFactor: lazy(async () => (await import('./registration.ts')).finishRegistration),
  Challenges: lazy(async () => (await import('./authentication.ts')).beginAuthentication),
  ApproveChallenge: lazy(async () => (await import('./authentication.ts')).finishAuthentication),
  list: lazy(async () => (await import('./management.ts')).listPasskeys),
  rename: lazy(async () => (await import('./management.ts')).renamePasskey),
  remove: lazy(async () => (await import('./management.ts')).removePasskey),
};

/**
 * Creates the handler. Its routes end in `/Factors`, `/VerifyFactor`, `/Challenges` and `/ApproveChallenge`, under any
 * prefix; a signed-in user's passkeys are managed by GET `/Factors` and by POST and DELETE `/Factors/{sid}`.
 *
 * Errors are answered as `{ code, message, status, more_info?, issues? }`. A number in `code` is Twilio's, a word is
 * the relay's own. Errors from `identify`, `onVerified`, `onApproved` or `onRemove` are rethrown to the server around the handler.
 *
 * @throws TypeError that names the option, if one is missing or malformed.
 * @example
 * ```ts
 * const relay = createRelay({
 *   serviceSid: process.env.TWILIO_VERIFY_SERVICE_SID!,
 *   apiKey: process.env.TWILIO_API_KEY!,
 *   apiKeySecret: process.env.TWILIO_API_KEY_SECRET!,
 *   cookieSecret: process.env.COOKIE_SECRET!,
 *   identify: () => ({ identity: 'the-signed-in-user' }), // your session
 *   onApproved: ({ identity }) => ({ 'set-cookie': `session=${identity}` }), // your session, signed
 * });
 * const response = await relay(new Request('https://login.example.com/passkeys/Challenges', { method: 'POST' }));
 * ```
 * @see https://www.twilio.com/docs/verify/quickstarts/passkeys
 */
export function createRelay(config: RelayConfig): (request: Request) => Promise<Response> {
  const settings = readConfig(config);
  const cookies = createCookieJar(settings);
  const takeTurn = createTurns();
  const pendingDeletions = createPendingDeletions();

  async function respond(request: Request, deadline: Deadline, trace: Trace): Promise<Response> {
    const preflight = answerPreflight(request, settings);
    if (preflight) return preflight;
    const { readBody, ...admitted } = await admit(request, settings, cookies, deadline);
    const verify = createVerify(settings, deadline, trace);
    const owners = createOwners(settings, deadline);
    const app = createApp(settings, deadline);
    const context = { ...settings, ...app, cookies, verify, owners, pendingDeletions, takeTurn };
    const readTraced = async () => {
      trace.body = await readBody();
      return trace.body;
    };
    return handlers[admitted.route](context, request, { ...admitted, readBody: readTraced });
  }

  return async (request) => {
    const trace: Trace = {};
    const deadline = startDeadline(settings.timeout);
    const response = await respond(request, deadline, trace).catch(async (error: unknown) => {
      const { answerError } = await import('./answer.ts');
      return answerError(error, request, settings, trace);
    });
    return addCorsHeaders(request, settings, response);
  };
}
