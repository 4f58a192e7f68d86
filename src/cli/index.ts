#!/usr/bin/env node
/** The command: its first argument names what to do, and each name has a module of its own beside this one. */
import { createRequire } from 'node:module';
import { printable } from '../contract/check/quote.ts';

/**
 * What each command's module exports. `run` takes the arguments after the command's name and gives the exit status;
 * what it throws is printed with `usage`, and the exit status is then 2.
 */
export type Command = { usage: string; run(args: string[]): Promise<number> };

const commands = new Map<string, () => Promise<Command>>([
  ['check', () => import('./check.ts')],
  ['service', () => import('./service.ts')],
  ['emulate', () => import('./emulate.ts')],
]);

const usage = `Usage: verify-passkeys <command> [options]

  check       says what is wrong with the body of VerifyFactor or ApproveChallenge
  service     checks, creates or updates a Verify Service for passkeys
  emulate     plays Verify over HTTP, for a back end in any language

  -h, --help  prints this; after a command, how that command is used
  --version   prints the version

Exit status: 0 all is well, 1 something was found, 2 misuse.
`;

const isHelp = (arg: string) => arg === '-h' || arg === '--help';

async function main([name, ...args]: string[]): Promise<number> {
  let words = usage;
  try {
    if (name === undefined) throw new Error('expected a command, got nothing');
    if (name === '--version') {
      const { version } = createRequire(import.meta.url)('../../package.json');
      process.stdout.write(`${version}\n`);
      return 0;
    }
    const command = await commands.get(name)?.();
    if (!command && !isHelp(name))
      throw new Error(`expected ${[...commands.keys()].join(', ')}, got "${name}"`);
    words = command?.usage ?? usage;
    if (command && !args.some(isHelp)) return await command.run(args);
    process.stdout.write(words);
    return 0;
  } catch (error) {
    process.stderr.write(`verify-passkeys: ${printable((error as Error).message)}\n\n${words}`);
    return 2;
  }
}

// Whoever reads the output may close it early, as `head` does: the exit status stays what the command found.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
process.exitCode = await main(process.argv.slice(2));
