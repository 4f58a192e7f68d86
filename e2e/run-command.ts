/** Runs the command as npx does, and returns what it prints. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import demandPackage from './built.ts';

// Checked here too, since a run without `-c e2e` has no global set-up.
demandPackage();

const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What the command printed, and its exit status. */
export type CommandResult = { out: string; error: string; code: number | null };

type Variables = Record<string, string>;

/** The environment of the command: these variables, and this process's own without its Twilio account. */
function environment(variables: Variables): Variables {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TWILIO_'));
  return { ...Object.fromEntries(own), ...variables } as Variables;
}

/** Runs the command in a process of its own, or another script of the package. */
export async function runAlone(
  args: string[],
  variables: Variables = {},
  input: string | Uint8Array = '',
  script: string = bin['verify-passkeys'],
): Promise<CommandResult> {
  const child = spawn(process.execPath, [script, ...args], { env: environment(variables) });
  child.stdin.on('error', () => {}); // The command may end before it reads its input.
  child.stdin.end(input);
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { out, error, code };
}

/** Processes that run the command for `run`, by the NODE_OPTIONS that they were started with. */
const kept = new Map<string, ChildProcess>();
let lastId = 0;

/**
 * Runs the command in a process that is kept for the next call. What is about the process itself, such as a closed pipe,
 * a lock or how it ends, needs `runAlone`.
 */
export async function run(
  args: string[],
  variables: Variables = {},
  input: string | Uint8Array = '',
): Promise<CommandResult> {
  const { NODE_OPTIONS = '', ...env } = environment(variables);
  const child = kept.get(NODE_OPTIONS) ?? start(NODE_OPTIONS);
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    const end = () => reject(new Error(`The command ended its process: ${args.join(' ')}`));
    const read = ({ id: answered, ...result }: CommandResult & { id: number }) => {
      if (answered !== id) return;
      child.off('exit', end).off('message', read);
      resolve(result);
    };
    child.on('message', read).once('exit', end);
    child.send({ id, script: bin['verify-passkeys'], args, env, input: Buffer.from(input) });
  });
}

function start(NODE_OPTIONS: string): ChildProcess {
  const child = fork('e2e/kept-command.mjs', {
    env: { ...process.env, NODE_OPTIONS },
    serialization: 'advanced',
  });
  // Many rows of a test may wait at once.
  child.setMaxListeners(0).once('exit', () => kept.delete(NODE_OPTIONS));
  child.unref();
  child.channel?.unref();
  kept.set(NODE_OPTIONS, child);
  return child;
}
