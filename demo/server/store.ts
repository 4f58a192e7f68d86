/** Keeps the demo's state in one JSON file, so that passkeys outlive a restart. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One named part of the file: the emulator's Service, the relay's memory, the demo's users. */
export type Section = {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  delete(key: string): void;
};

/** Opens the file, or begins a new one. Throws where it holds something else than JSON. */
export function openStore(path: string): (name: string) => Section {
  const entries = new Map<string, unknown>(Object.entries(read(path)));

  /** Written beside and moved into place, so that a process that ends midway leaves the old file whole. */
  const write = () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(entries)), { mode: 0o600 });
    renameSync(`${path}.new`, path);
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
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError(`DEMO_DATA: ${path} holds no JSON; remove it to begin anew.`);
  }
}
