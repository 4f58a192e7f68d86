/** Reads a file at a path that others may have prepared: no link is followed, and no pipe or device is waited for. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** The text of the file, and when it was last changed, in milliseconds since 1970; undefined if there is no file. */
export function readPlainFile(path: string): { text: string; changed: number } | undefined {
  let file: number;
  try {
    // Windows has neither of the two last flags.
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP')
      throw new Error(`${path} is a symbolic link, which is not followed: name another file`);
    throw error;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error(`${path} is not a plain file: name another file`);
    return { text: readFileSync(file, 'utf8'), changed: stat.mtimeMs };
  } finally {
    closeSync(file);
  }
}
