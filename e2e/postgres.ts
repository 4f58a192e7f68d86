/** A real Postgres for one test: on loopback, on a free port, in a folder that is removed with it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { onPath } from './browser/browsers.ts';
import { findFreePort } from './port.ts';

export type Postgres = {
  url: string;
  /** Ends the server and every connection at once. Its data stays on the disk. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export const noPostgres =
  "Postgres (initdb and postgres) is not here and could not be installed from the system's packages";

/** Finds the folder of initdb and postgres, which Debian keeps out of PATH. */
export function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse() : [];
  const folders = versions.map((version) => join(debian, version, 'bin'));
  const named = onPath(['initdb']);
  if (named) folders.push(dirname(named));
  return folders.find((bin) => ['initdb', 'postgres'].every((tool) => existsSync(join(bin, tool))));
}

/** Postgres refuses to run as root, so root starts it as the user that its package created. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export async function startPostgres(): Promise<Postgres> {
  const bin = findPostgres()!;
  const user = owner();
  const dir = mkdtempSync(join(tmpdir(), 'verify-passkeys-postgres-'));
  if (user) chownSync(dir, user.uid, user.gid);
  const as = { ...user, cwd: dir };
  const data = join(dir, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-N'], {
    ...as,
    stdio: 'ignore',
  });
  const port = await findFreePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: dir, fsync: 'off' };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let server: ChildProcess | undefined;
  // A test that fails midway leaves no server running.
  const kill = () => server?.kill('SIGQUIT');
  process.once('exit', kill);

  async function restart(): Promise<void> {
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...args], {
      ...as,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server = child;
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      if (line.includes('ready to accept connections')) break;
      said.push(line);
    }
    child.stderr.resume();
    if (child.exitCode !== null)
      throw new Error(`postgres ended with ${child.exitCode}:\n${said.join('\n')}`);
  }

  async function crash(): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGQUIT');
    await gone;
  }

  async function stop(): Promise<void> {
    await crash();
    process.off('exit', kill);
    rmSync(dir, { recursive: true, force: true });
  }

  await restart();
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, crash, restart, stop };
}
