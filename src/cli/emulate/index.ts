/** `verify-passkeys emulate`: serves the emulator over HTTP, for back ends in any language. */
import { parseArgs } from 'node:util';
import { findPasskeyOriginFlaw } from '../../contract/origin.ts';
import { readHostname } from '../loopback.ts';
import { findIdFlaw } from '../service/issues.ts';
import { serve } from './server.ts';
import { openStateFile } from './state-file.ts';

export const usage = `Usage: verify-passkeys emulate --rp-id <domain> --origin <origin> [--port <number>] [--data <file>]
                               [--host <name>]

Plays Verify Passkeys over HTTP on this machine, for a back end in any language. It judges like Verify and protects
nothing. Prints one line for each call, with its status and error code.

  --rp-id <domain>   the relying party id, such as localhost
  --origin <origin>  the origin of the page, such as http://localhost:3000; may be given several times
  --port <number>    the port to listen on, on 127.0.0.1 only; 8787 by default, 0 for any free port
  --data <file>      keeps Services, Factors and Challenges in this file, for the next start. One emulate at a time
  --host <name>      another name by which the back end calls it, such as host.docker.internal; may be given several
                     times. Calls by any name other than localhost and these are refused
  -h, --help         prints this help

Exit status: 0 stopped by Ctrl-C, 2 wrong use of the command.
`;

/** The same at every start, so that a back end is configured once. These credentials protect nothing. */
const account = {
  serviceSid: `VA${'0'.repeat(32)}`,
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: 'emulated',
  apiKey: `SK${'0'.repeat(32)}`,
  apiKeySecret: 'emulated',
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
      host: { type: 'string', multiple: true, default: [] },
    },
  });
  const { 'rp-id': id, origin: origins, port, data } = values;
  if (!id) throw new Error('expected --rp-id with the relying party id, such as localhost');
  if (origins.length === 0)
    throw new Error('expected --origin with the origin of the page, such as http://localhost:3000');
  const flaw = findIdFlaw(id);
  if (flaw) throw new Error(flaw.message);
  for (const origin of origins) {
    const wrong = findPasskeyOriginFlaw(origin);
    if (wrong) throw new Error(`the origin "${origin}" ${wrong}`);
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Error(`expected --port with a number from 0 to 65535, got "${port}"`);
  }
  const hosts = values.host.map(demandHostname);
  const { createEmulator } = await loadEmulator();
  const file = data === undefined ? undefined : openStateFile(data);
  const { serviceSid, accountSid, authToken } = account;
  const emulator = createEmulator({
    serviceSid,
    accountSid,
    authToken,
    relyingParty: { id, name: 'Emulated', origins },
    authenticatorAttachment: 'any',
    discoverableCredentials: 'required',
    userVerification: 'preferred',
    ...(file && { storage: file.storage }),
  });
  return serve({ emulator, account, hosts, file }, Number(port));
}

function demandHostname(host: string): string {
  const hostname = readHostname(host) ?? readHostname(`[${host}]`); // An IPv6 address may come without its brackets.
  if (hostname !== undefined) return hostname;
  throw new Error(`expected --host with a name such as host.docker.internal, got "${host}"`);
}

/** Signatures need an optional peer dependency, so the emulator is imported only for this command. */
async function loadEmulator() {
  try {
    return await import('../../emulator/index.ts');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw error;
    throw new Error(
      'the emulator needs @simplewebauthn/server: install it beside this package with npm install -D @simplewebauthn/server',
    );
  }
}
