/** Keeps JSON objects in one file, so that passkeys survive a restart. The demo keeps its own state with it too. */
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { isObject, parse } from '../../contract/json.ts';
import type { EmulatorStorage } from '../../emulator/index.ts';
import { lock } from './lock.ts';
import { readPlainFile } from './read-plain-file.ts';

/** The state in memory, and `save`, which writes it to the file if something has changed. */
export type StateFile = { storage: EmulatorStorage; save(): void };

/**
 * Opens the file, or creates it, and locks it until this process ends. Throws if another process has it, if it cannot
 * be read or written, or if it does not hold the state of an earlier run.
 */
export function openStateFile(path: string): StateFile {
  const demandLock = lock(path);
  const entries = new Map(Object.entries(read(path)));
  let isChanged = true;
  const file: StateFile = {
    storage: {
      get: (key) => entries.get(key),
      set(key, value) {
        entries.set(key, value);
        isChanged = true;
      },
      delete(key) {
        isChanged = entries.delete(key) || isChanged;
      },
    },
    save() {
      if (!isChanged) return;
      demandLock();
      write(path, JSON.stringify(Object.fromEntries(entries)));
      isChanged = false;
    },
  };
  file.save();
  return file;
}

/**
 * Writes a new file and renames it, so that the old file stays whole if the process ends midway. The state may hold
 * secrets: nobody can know the new file's name, and `wx` refuses a file or a link that is there already.
 */
function write(path: string, text: string): void {
  const fresh = `${path}.${randomUUID()}`;
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function read(path: string): object {
  const file = readPlainFile(path);
  if (!file) return {};
  const state = parse(file.text);
  if (isObject(state)) return state;
  throw new Error(`expected ${path} to hold the state of an earlier run: name another file, or remove it`);
}
