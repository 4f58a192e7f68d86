/** Serves the emulator over HTTP on this machine, and prints one line for each call. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { printable } from '../../contract/check/quote.ts';
import type { Emulator } from '../../emulator/index.ts';
import { maxBytes, readBounded } from '../read-bounded.ts';
import type { StateFile } from './state-file.ts';

/** What a back end needs to call the emulator. */
type Account = Record<'serviceSid' | 'accountSid' | 'authToken' | 'apiKey' | 'apiKeySecret', string>;

/** Serves until SIGINT or SIGTERM, and returns the exit status. */
export async function serve(
  emulator: Emulator,
  account: Account,
  port: number,
  file: StateFile | undefined,
): Promise<number> {
  const server = createServer((request, response) => answer(emulator, account, file, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`port ${port} is in use: choose another with --port`) : error);
    });
    server.listen(port, '127.0.0.1');
  });
  const { port: chosen } = server.address() as AddressInfo; // An address is a text only on a pipe.
  process.stdout.write(await introduce(emulator, account, `http://127.0.0.1:${chosen}`));
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
async function introduce(
  emulator: Emulator,
  { accountSid, authToken, apiKey, apiKeySecret, serviceSid }: Account,
  base: string,
): Promise<string> {
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
  emulator: Emulator,
  account: Account,
  file: StateFile | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url } = request;
  let status = 500;
  let requestId: string | null = null;
  let body: string;
  try {
    const answered = await emulator.fetch(await read(request, account));
    body = await answered.text();
    file?.save();
    status = answered.status;
    requestId = answered.headers.get('twilio-request-id');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    body = JSON.stringify({ code: 20500, message, more_info: null, status });
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
