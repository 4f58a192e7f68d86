/** Keeps the demo's state in one JSON file, so that passkeys outlive a restart. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** One named part of the file: the emulator's Service, the relay's memory, the demo's users. */
export type Section = {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  delete(key: string): void;
};

/** Opens the file, or starts a new one. Throws if the path holds anything other than a file with JSON. */
export function openStore(path: string): (name: string) => Section {
  const entries = new Map<string, unknown>(Object.entries(read(path)));

  /**
   * Writes a new file and renames it, so that the old file stays whole if the process ends midway. The file holds the
   * demo's secret: the flag `wx` refuses a file or a link that somebody else has put there.
   */
  const write = () => {
    const fresh = `${path}.${randomUUID()}`;
    mkdirSync(dirname(path), { recursive: true });
    try {
      writeFileSync(fresh, JSON.stringify(Object.fromEntries(entries)), { mode: 0o600, flag: 'wx' });
      renameSync(fresh, path);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  };

  return (name) => ({
    get: (key) => entries.get(`${name} ${key}`),
    set(key, value) {
      entries.set(`${name} ${key}`, value);
      write();
    },
    delete(key) {
      if (entries.delete(`${name} ${key}`)) write();
    },
  });
}

function read(path: string): object {
  let text: string;
  try {
    // Windows has no O_NOFOLLOW.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      text = readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    const what =
      code === 'ELOOP' ? 'is a symbolic link, which the demo does not follow' : `cannot be read (${code})`;
    throw new TypeError(`DEMO_DATA: ${path} ${what}; name another file.`);
  }
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state === 'object' && state !== null) return state;
  } catch {}
  throw new TypeError(`DEMO_DATA: ${path} does not hold JSON; remove it to start again.`);
}
