/** Verify for the command: an emulator on its own port, and the variables that send the command's calls to it. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { serve } from '@hono/node-server';
import { createEmulator } from 'verify-passkeys/emulator';
import { settings } from '../play-verify.ts';
import { accountSid, authToken, serviceSid } from '../world.ts';

/** A call that reached Verify. */
type Call = { method: string; path: string; form: Record<string, string> };

export type CommandVerify = {
  /** The emulator's storage. A test stores a broken Service here under `service:VA…`. */
  storage: Map<string, unknown>;
  calls: Call[];
  /** The environment variables that the command needs. */
  variables: Record<string, string>;
  stop(): Promise<void>;
};

/** `answer` may answer instead of the emulator. Calls to other hosts get 404 if `answer` returns nothing for them. */
export async function startVerify(
  answer: (url: URL, request: Request) => Response | undefined = () => undefined,
): Promise<CommandVerify> {
  const storage = new Map<string, unknown>();
  const emulator = createEmulator({ ...settings, storage });
  const calls: Call[] = [];
  const handle = async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    const url = new URL(`https:/${pathname}${search}`);
    if (url.host === 'verify.twilio.com') {
      const form = Object.fromEntries(new URLSearchParams(await request.clone().text()));
      calls.push({ method: request.method, path: url.pathname, form });
    }
    const answered = answer(url, request);
    if (answered) return answered;
    if (url.host !== 'verify.twilio.com') return new Response('Not found', { status: 404 });
    const { method, headers } = request;
    return emulator.fetch(url, { method, headers, body: method === 'GET' ? null : await request.text() });
  };
  const server = serve({ fetch: handle, port: 0, hostname: 'localhost' }) as Server;
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    storage,
    calls,
    variables: {
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_VERIFY_SERVICE_SID: serviceSid,
      CALLS_TO: `http://localhost:${(server.address() as AddressInfo).port}`,
      NODE_OPTIONS: `--import=${pathToFileURL('e2e/command/redirect.mjs')}`,
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
