/** `verify-passkeys emulate`: serves the emulator over HTTP, for back ends in any language. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import type { Emulator } from '../emulator/index.ts';
import { type File, openFile } from './emulate-file.ts';
import { escapeControls } from './print.ts';
import { findIdFlaw, findOriginFlaw } from './service-issues.ts';

export const usage = `Usage: verify-passkeys emulate --rp-id <domain> --origin <origin> [--port <number>] [--data <file>]

Plays Verify Passkeys over HTTP on this machine, for a back end in any language. It judges like Verify and protects
nothing. Prints one line for each call, with its status and error code.

  --rp-id <domain>   the relying party id, such as localhost
  --origin <origin>  the origin of the page, such as http://localhost:3000; may be given several times
  --port <number>    the port to listen on, on 127.0.0.1 only; 8787 by default, 0 for any free port
  --data <file>      keeps Services, Factors and Challenges in this file, for the next start
  -h, --help         prints this help

Exit status: 0 stopped by Ctrl-C, 2 wrong use of the command.
`;

/** The same at every start, so that a back end is configured once. These credentials protect nothing. */
const account = {
  serviceSid: `VA${'0'.repeat(32)}`,
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: 'emulated',
};

/** Serves until SIGINT or SIGTERM. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      'rp-id': { type: 'string' },
      origin: { type: 'string', multiple: true, default: [] },
      port: { type: 'string', default: '8787' },
      data: { type: 'string' },
    },
  });
  const { 'rp-id': id, origin: origins, port, data } = values;
  if (!id) throw new Error('expected --rp-id with the relying party id, such as localhost');
  if (origins.length === 0)
    throw new Error('expected --origin with the origin of the page, such as http://localhost:3000');
  const flaw = findIdFlaw(id);
  if (flaw) throw new Error(escapeControls(flaw.message));
  for (const origin of origins) {
    const wrong = findOriginFlaw(origin);
    if (wrong) throw new Error(escapeControls(`the origin "${origin}" ${wrong}`));
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Error(`expected --port with a number from 0 to 65535, got "${escapeControls(port)}"`);
  }
  const { createEmulator } = await loadEmulator();
  const file = data === undefined ? undefined : openFile(data);
  const emulator = createEmulator({
    ...account,
    relyingParty: { id, name: 'Emulated', origins },
    authenticatorAttachment: 'any',
    discoverableCredentials: 'preferred',
    userVerification: 'preferred',
    ...(file && { storage: file.storage }),
  });
  return serve(emulator, Number(port), file);
}

/** Signatures need an optional peer dependency, so the emulator is imported only for this command. */
async function loadEmulator() {
  try {
    return await import('../emulator/index.ts');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw error;
    throw new Error(
      'the emulator needs @simplewebauthn/server: install it beside this package with npm install -D @simplewebauthn/server',
    );
  }
}

async function serve(emulator: Emulator, port: number, file: File | undefined): Promise<number> {
  const server = createServer((request, response) => answer(emulator, file, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`port ${port} is in use: choose another with --port`) : error);
    });
    server.listen(port, '127.0.0.1');
  });
  const { port: chosen } = server.address() as AddressInfo; // An address is a text only on a pipe.
  process.stdout.write(await introduce(emulator, `http://127.0.0.1:${chosen}`));
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
async function introduce(emulator: Emulator, base: string): Promise<string> {
  const { accountSid, authToken, serviceSid } = account;
  const authorization = `Basic ${btoa(`${accountSid}:${authToken}`)}`;
  const url = `${base}/v2/Services/${serviceSid}`;
  const service = await (await emulator.fetch(url, { headers: { authorization } })).json();
  const { id, origins } = service.passkeys.relying_party;
  return `Plays Verify at ${base} for ${escapeControls(id)} (${escapeControls(origins.join(', '))}). It protects nothing.

  TWILIO_ACCOUNT_SID=${accountSid}
  TWILIO_AUTH_TOKEN=${authToken}
  TWILIO_VERIFY_SERVICE_SID=${serviceSid}

Send it the calls that go to https://verify.twilio.com. Ctrl-C stops it.

`;
}

/** The largest body in bytes: many times the size of any call to Verify. */
const largest = 1024 * 1024;

/** Answers one call after its effects are saved, and prints it in one line. */
async function answer(
  emulator: Emulator,
  file: File | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url } = request;
  let status = 500;
  let body: string;
  try {
    const answered = await emulator.fetch(await read(request));
    body = await answered.text();
    file?.save();
    status = answered.status;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    body = JSON.stringify({ code: 20500, message, more_info: null, status });
  }
  const { code, message } = status < 400 ? {} : JSON.parse(body);
  const why = code === undefined ? '' : ` ${code} ${message}`;
  process.stdout.write(`${escapeControls(`${method} ${url} ${status}${why}`)}\n`);
  response.writeHead(status, { 'content-type': 'application/json', 'x-emulated': 'verify-passkeys' });
  response.end(body);
}

/** The call as a Request. Throws if it cannot be one, or if its body is too large. */
async function read(message: IncomingMessage): Promise<Request> {
  const { method = 'GET', url = '/', headers } = message;
  const told = new Headers();
  for (const name of ['authorization', 'content-type'] as const) {
    const value = headers[name];
    if (value !== undefined) told.set(name, value);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length > largest) throw new Error(`The body is larger than ${largest} bytes`);
    chunks.push(chunk);
  }
  const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks);
  return new Request(new URL(url, 'http://127.0.0.1'), { method, headers: told, body });
}
