/** A real Redis for one test: on loopback, on a free port, in a folder that is removed with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onPath } from './browser/browsers.ts';
import { findFreePort } from './port.ts';

export type Redis = {
  url: string;
  /** Kills the server at once, as a failing machine would. */
  crash(): Promise<void>;
  /** Keeps every connection but answers nothing until `thaw`. */
  freeze(): void;
  thaw(): void;
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export const findRedis = () => onPath(['redis-server']);

/** Starts a Redis. With `persists` it keeps its data in a crash, and without it a crash empties it. */
export async function startRedis({ persists = true } = {}): Promise<Redis> {
  const dir = mkdtempSync(join(tmpdir(), 'verify-passkeys-redis-'));
  const port = await findFreePort();
  const appendonly = persists ? 'yes' : 'no';
  const options = { bind: '127.0.0.1', port, dir, save: '', appendonly, appendfsync: 'always' };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  let server: ChildProcess | undefined;
  // A test that fails midway leaves no server running.
  const kill = () => server?.kill('SIGKILL');
  process.once('exit', kill);

  async function restart(): Promise<void> {
    const child = spawn(findRedis()!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    server = child;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('Ready to accept connections')) break;
    }
    child.stdout.resume();
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
  }

  async function crash(): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  }

  async function stop(): Promise<void> {
    await crash();
    process.off('exit', kill);
    rmSync(dir, { recursive: true, force: true });
  }

  await restart();
  const signal = (name: NodeJS.Signals) => () => void server?.kill(name);
  return {
    url: `redis://127.0.0.1:${port}`,
    crash,
    freeze: signal('SIGSTOP'),
    thaw: signal('SIGCONT'),
    restart,
    stop,
  };
}
