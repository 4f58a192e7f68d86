#!/usr/bin/env node
/** The command line. Its first argument names a command, and each command is a module in this folder. */
import { createRequire } from 'node:module';
import { printable } from '../contract/check/quote.ts';

/**
 * What the module of a command exports. `run` takes the arguments after the command's name and returns the exit status.
 * If it throws, the message and `usage` are printed, and the exit status is 2.
 */
export type Command = { usage: string; run(args: string[]): Promise<number> };

/** Each command: its name, what it does in one line of the help, and its module. */
const commands: [name: string, does: string, load: () => Promise<Command>][] = [
  [
    'check',
    'lists what is wrong with the body of VerifyFactor or ApproveChallenge',
    () => import('./check.ts'),
  ],
  [
    'service',
    'lists, checks, creates, updates or probes Verify Services for passkeys',
    () => import('./service/index.ts'),
  ],
  ['emulate', 'plays Verify over HTTP, for a back end in any language', () => import('./emulate/index.ts')],
];

const usage = `Usage: verify-passkeys <command> [options]

${commands.map(([name, does]) => `  ${name.padEnd(11)} ${does}\n`).join('')}
  -h, --help  prints this help, or the help of a command when given after it
  --version   prints the version

Exit status: 0 nothing is wrong, 1 something is wrong, 2 wrong use of the command.
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
    const command = await commands.find(([known]) => known === name)?.[2]();
    if (!command && !isHelp(name))
      throw new Error(`expected ${commands.map(([known]) => known).join(', ')}, got "${name}"`);
    words = command?.usage ?? usage;
    if (command && !args.some(isHelp)) return await command.run(args);
    process.stdout.write(words);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`verify-passkeys: ${printable(message)}\n\n${words}`);
    return 2;
  }
}

// The reader of the output may close it early, as `head` does. The exit status stays the command's own.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
process.exitCode = await main(process.argv.slice(2));
