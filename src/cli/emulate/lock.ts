/** Holds a file for one process. A crash leaves the lock's file behind, and the next process takes it over. */
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { readPlainFile } from './read-plain-file.ts';

/**
 * Locks a file until this process ends. Throws if a running process has it locked. Returns a function that throws once
 * another process has taken the lock, so that the two never overwrite each other in silence.
 */
export function lock(path: string): () => void {
  const file = `${path}.lock`;
  const own = `${process.pid} ${randomUUID()}\n`;
  const take = () => writeFileSync(file, own, { mode: 0o600, flag: 'wx' });
  try {
    take();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const holder = findHolder(file);
    if (holder !== undefined) {
      throw new Error(`${path} is in use by process ${holder}: stop that one, or name another file`);
    }
    rmSync(file, { force: true });
    take();
  }
  const isOwn = () => readPlainFile(file)?.text === own;
  process.once('exit', () => {
    if (isOwn()) rmSync(file, { force: true });
  });
  return () => {
    if (!isOwn())
      throw new Error(`${path} is not written, since ${file} was removed or taken by another process`);
  };
}

/** The running process that holds the lock, if there is one. */
function findHolder(file: string): number | undefined {
  const { text = '', changed = 0 } = readPlainFile(file) ?? {};
  const pid = Number(/^(\d+) /.exec(text)?.[1]);
  // Numbers start again when the machine does. In a container this process may well have the number of the last one.
  const isOlder = pid === process.pid || changed < Date.now() - uptime() * 1000;
  return pid > 0 && !isOlder && isRunning(pid) ? pid : undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0); // Sends no signal, and throws if there is no such process.
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
