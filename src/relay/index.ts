/**
 * The server part. It holds the account's secret, passes a page's calls on to Verify and decides who signed in.
 * It is a web-standard fetch handler and runs unchanged in Node, Workers, Deno and Bun.
 *
 * @module
 */
import type { Route } from '../contract/route.ts';
import { type RelayConfig, readConfig } from './config.ts';
import { createCookieJar } from './cookie.ts';
import { type Call, startCall } from './deadline.ts';
import { answerPreflight, type Entered, enter, openTo } from './gate.ts';
import type { Tools } from './handler.ts';
import { createVerify } from './verify.ts';

export type { Refused, RelayCode } from './codes.ts';
export type {
  Account,
  AnswerHeaders,
  Approval,
  Awaitable,
  RelayConfig,
  RelayStorage,
  VerifiedFactor,
  Who,
} from './config.ts';

type Handler = (tools: Tools, request: Request, entered: Entered) => Promise<Response>;

/** A route's code is loaded with its first call. If loading fails, the next call tries again. */
function late(load: () => Promise<Handler>): Handler {
  let loading: Promise<Handler> | undefined;
  return async (...asked) => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return (await loading)(...asked);
  };
}

const routes: Record<Route, Handler> = {
  Factors: late(async () => (await import('./registration.ts')).beginRegistration),
  VerifyFactor: late(async () => (await import('./registration.ts')).finishRegistration),
  Challenges: late(async () => (await import('./authentication.ts')).beginAuthentication),
  ApproveChallenge: late(async () => (await import('./authentication.ts')).finishAuthentication),
  list: late(async () => (await import('./management.ts')).listPasskeys),
  rename: late(async () => (await import('./management.ts')).renamePasskey),
  remove: late(async () => (await import('./management.ts')).removePasskey),
};

/**
 * Creates the handler. Its routes end in `/Factors`, `/VerifyFactor`, `/Challenges` and `/ApproveChallenge`, under any
 * prefix; a signed-in user's passkeys are managed by GET `/Factors` and by POST and DELETE `/Factors/{sid}`.
 *
 * Errors are answered as `{ code, message, status, more_info?, issues? }`. A number in `code` is Twilio's, a word is
 * the relay's own. Errors from `identify`, `onVerified` or `onApproved` are rethrown to the server around the handler.
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
  const unforgotten = new Set<string>();

  async function respond(request: Request, call: Call): Promise<Response> {
    const preflight = await answerPreflight(request, settings);
    if (preflight) return preflight;
    const entered = await enter(request, settings, cookies, call);
    const tools: Tools = {
      ...settings,
      call,
      cookies,
      verify: createVerify(settings, call),
      unforgotten,
    };
    return routes[entered.route](tools, request, entered);
  }

  return async (request) => {
    const call = startCall(settings.timeout);
    const response = await respond(request, call).catch(async (error: unknown) => {
      const { answer } = await import('./codes.ts');
      return answer(error, request, settings, call.requestId);
    });
    return openTo(request, settings, response);
  };
}
