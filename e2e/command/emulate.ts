/** Starts `verify-passkeys emulate` as a user would, and reads what it prints. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));

export type Emulate = {
  /** The address of the emulator, such as http://127.0.0.1:8787. */
  base: string;
  /** The environment variables that the command prints for a back end. */
  account: { accountSid: string; authToken: string; serviceSid: string };
  /** All of the variables that the command prints, by name. */
  variables: Record<string, string>;
  /** The lines printed so far, one for each call. */
  calls(): string[];
  /** Stops the command as Ctrl-C does, and returns its exit status. */
  stop(): Promise<number | null>;
  /** Ends the command as a crash does: it cannot tidy up. */
  crash(): Promise<void>;
};

const command = [process.execPath, bin['verify-passkeys'], 'emulate', '--port', '0'];

export const startEmulate = (...args: string[]): Promise<Emulate> => start([...command, ...args]);

/** Starts it so that no file can have more than a few kilobytes: like a full disk, which also takes a part of the file. */
export const startOnFullDisk = (...args: string[]): Promise<Emulate> =>
  start(['sh', '-c', 'ulimit -f 8 && exec "$@"', 'sh', ...command, ...args]);

async function start([program = '', ...args]: string[]): Promise<Emulate> {
  const child = spawn(program, args);
  // A test that fails midway leaves nothing running.
  const kill = () => child.kill();
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    error += chunk;
  });
  await ready(child, () => out.includes('Ctrl-C stops it.\n\n'));
  if (!out) throw new Error(`emulate did not start: ${error}`);
  const [, base = ''] = out.match(/^Plays Verify at (\S+) for /) ?? [];
  const read = (name: string) => out.match(new RegExp(`^ {2}${name}=(\\S+)$`, 'm'))?.[1] ?? '';
  return {
    base,
    account: {
      accountSid: read('TWILIO_ACCOUNT_SID'),
      authToken: read('TWILIO_AUTH_TOKEN'),
      serviceSid: read('TWILIO_VERIFY_SERVICE_SID'),
    },
    variables: Object.fromEntries(
      [...out.matchAll(/^ {2}([A-Z_]+)=(\S+)$/gm)].map(([, name, value]) => [name!, value!]),
    ),
    calls: () =>
      out
        .slice(out.indexOf('Ctrl-C stops it.\n\n') + 18)
        .split('\n')
        .slice(0, -1),
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGINT');
      return (await closed)[0];
    },
    async crash() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Waits for the output, or for the end of the process if it cannot start. */
function ready(child: ChildProcess, isThere: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    child.stdout!.on('data', () => isThere() && resolve());
    child.once('close', () => resolve());
  });
}
