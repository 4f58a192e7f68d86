/** Serves the emulator over HTTP on this machine, and prints one line for each call. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { printable } from '../../contract/check/quote.ts';
import type { Emulator } from '../../emulator/index.ts';
import { isLoopback, readHostname } from '../loopback.ts';
import { maxBytes, readBounded } from '../read-bounded.ts';
import type { StateFile } from './state-file.ts';

/** What a back end needs to call the emulator. */
type Account = Record<'serviceSid' | 'accountSid' | 'authToken' | 'apiKey' | 'apiKeySecret', string>;

/** What the server needs: the names of `hosts` are this machine's too. */
export type ServedEmulator = {
  emulator: Emulator;
  account: Account;
  hosts: readonly string[];
  file: StateFile | undefined;
};

/** Serves until SIGINT or SIGTERM, and returns the exit status. */
export async function serve(served: ServedEmulator, port: number): Promise<number> {
  const server = createServer((request, response) => answer(served, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`port ${port} is in use: choose another with --port`) : error);
    });
    server.listen(port, '127.0.0.1');
  });
  const { port: chosen } = server.address() as AddressInfo; // An address is a text only on a pipe.
  process.stdout.write(await introduce(served, `http://127.0.0.1:${chosen}`));
  return new Promise((resolve) => {
    const end = () => {
      server.close(() => resolve(0));
      server.closeAllConnections();
    };
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });
}

/** The settings for a back end. The relying party is read from the Service, since an earlier run may have changed it. */
async function introduce({ emulator, account }: ServedEmulator, base: string): Promise<string> {
  const { accountSid, authToken, apiKey, apiKeySecret, serviceSid } = account;
  const authorization = basic(accountSid, authToken);
  const url = `${base}/v2/Services/${serviceSid}`;
  const service = await (await emulator.fetch(url, { headers: { authorization } })).json();
  const { id, origins } = service.passkeys.relying_party;
  return `Plays Verify at ${base} for ${printable(id)} (${printable(origins.join(', '))}). It protects nothing.

  TWILIO_ACCOUNT_SID=${accountSid}
  TWILIO_AUTH_TOKEN=${authToken}
  TWILIO_API_KEY=${apiKey}
  TWILIO_API_KEY_SECRET=${apiKeySecret}
  TWILIO_VERIFY_SERVICE_SID=${serviceSid}
  VERIFY_BASE=${base}

The account and the API key may do the same. Send it the calls that go to https://verify.twilio.com. Ctrl-C stops it.

`;
}

const basic = (name: string, secret: string) => `Basic ${btoa(`${name}:${secret}`)}`;

/** Answers one call after its effects are saved, and prints it in one line. */
async function answer(
  { emulator, account, hosts, file }: ServedEmulator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url } = request;
  let status = 500;
  let requestId: string | null = null;
  let body: string;
  try {
    demandHost(request, hosts);
    const answered = await emulator.fetch(await read(request, account));
    body = await answered.text();
    file?.save();
    status = answered.status;
    requestId = answered.headers.get('twilio-request-id');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    status = error instanceof ForeignHost ? 403 : 500;
    body = JSON.stringify({ code: 20_000 + status, message, more_info: null, status });
  }
  const { code, message } = status < 400 ? {} : JSON.parse(body);
  const why = code === undefined ? '' : ` ${code} ${message}`;
  process.stdout.write(`${printable(`${method} ${url} ${status}${why}`)}\n`);
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-emulated': 'verify-passkeys',
    ...(requestId && { 'twilio-request-id': requestId }),
  });
  response.end(body);
}

class ForeignHost extends Error {}

/**
 * Throws if the call came under a name that may be another's. The credentials are the same everywhere, and a page of
 * any domain reaches this port under its own name once that name leads here (DNS rebinding).
 */
function demandHost({ headers: { host = '' } }: IncomingMessage, hosts: readonly string[]): void {
  const hostname = readHostname(host);
  if (hostname !== undefined && (isLoopback(hostname) || hosts.includes(hostname))) return;
  throw new ForeignHost(
    `expected the Host to be localhost or 127.0.0.1, got "${host}": call the address that emulate printed, or start it with --host and this name`,
  );
}

/** The call as a Request. Throws if it cannot be one, or if its body is too large. */
async function read(message: IncomingMessage, account: Account): Promise<Request> {
  const { method = 'GET', url = '/', headers } = message;
  const told = new Headers();
  for (const name of ['authorization', 'content-type'] as const) {
    const value = headers[name];
    if (value !== undefined) told.set(name, value);
  }
  // The emulator knows one name and secret, so the key counts as the account.
  if (headers.authorization === basic(account.apiKey, account.apiKeySecret)) {
    told.set('authorization', basic(account.accountSid, account.authToken));
  }
  const bytes = await readBounded(message);
  if (!bytes) throw new Error(`The body is larger than ${maxBytes} bytes`);
  const body = method === 'GET' || method === 'HEAD' ? null : bytes;
  return new Request(new URL(url, 'http://127.0.0.1'), { method, headers: told, body });
}
