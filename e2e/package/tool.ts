/** Runs the project's own command-line tools. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The compilers that users have. Both install a command named tsc, so a path chooses one. */
export const compilers = { 6: '../typescript/bin/tsc', 7: '../typescript-7/bin/tsc' };

/** Runs a tool and returns what it prints. If the tool fails, the error holds its output. */
export function run(tool: string, args: string[]): string {
  try {
    return execFileSync(resolve('node_modules/.bin', tool), args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${tool} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}
