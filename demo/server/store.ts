/** Keeps the demo's state in one JSON file, so that passkeys outlive a restart. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { openStateFile } from '#state-file';

/** One named part of the file: the emulator's Service, the relay's memory, the demo's users. */
export type Section = {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  delete(key: string): void;
};

/** Opens the file, or starts a new one. Throws if another demo has it, or if it does not hold a demo's state. */
export function openStore(path: string): (name: string) => Section {
  const { storage, save } = open(path);
  return (name) => ({
    get: (key) => storage.get(`${name} ${key}`),
    set(key, value) {
      storage.set(`${name} ${key}`, value);
      save();
    },
    delete(key) {
      storage.delete(`${name} ${key}`);
      save();
    },
  });
}

function open(path: string): ReturnType<typeof openStateFile> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openStateFile(path);
  } catch (error) {
    throw new Error(`DEMO_DATA: ${error instanceof Error ? error.message : error}`);
  }
}
