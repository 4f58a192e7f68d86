/** Runs the command as npx does, and returns what it prints. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import demandPackage from './built.ts';

// Checked here too, since a run without `-c e2e` has no global set-up.
demandPackage();

const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What the command printed, and its exit status. */
export type CommandResult = { out: string; error: string; code: number | null };

/** Runs the command with these variables and this standard input, but without the environment's own Twilio account. */
export async function run(
  args: string[],
  variables: Record<string, string> = {},
  input: string | Uint8Array = '',
  script: string = bin['verify-passkeys'],
): Promise<CommandResult> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TWILIO_'));
  const env = { ...Object.fromEntries(own), ...variables };
  const child = spawn(process.execPath, [script, ...args], { env });
  child.stdin.on('error', () => {}); // The command may end before it reads its input.
  child.stdin.end(input);
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { out, error, code };
}
