/** Keeps the emulator's state in one JSON file, so that passkeys survive a restart. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isObject, parse } from '../../contract/json.ts';
import type { EmulatorStorage } from '../../emulator/index.ts';

/** The state in memory, and `save`, which writes it to the file if something has changed. */
export type StateFile = { storage: EmulatorStorage; save(): void };

/** Opens the file, or creates it. Throws if it cannot be read or written, or does not hold an emulator's state. */
export function openStateFile(path: string): StateFile {
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
      // Written to a second file and renamed, so that the old file stays whole if the process ends midway.
      writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(entries)), { mode: 0o600 });
      renameSync(`${path}.new`, path);
      isChanged = false;
    },
  };
  file.save();
  return file;
}

function read(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  const state = parse(text);
  if (isObject(state)) return state;
  throw new Error(`expected ${path} to hold the state of an earlier run: name another file, or remove it`);
}
