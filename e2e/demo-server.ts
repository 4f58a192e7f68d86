/** Starts the demo as its users do: the Node server of `npm run demo`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type Demo = { url: string; stop(): Promise<void> };

/** Runs the demo server without this process's TWILIO_ variables. */
export function runDemo(environment: Record<string, string>): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TWILIO_'));
  return spawn(process.execPath, ['node_modules/.cache/demo/server.js'], {
    env: { ...Object.fromEntries(own), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Starts the demo server on a free port, and waits until it listens. */
export async function startDemoServer(environment: Record<string, string>): Promise<Demo> {
  const server = runDemo({ PORT: '0', ...environment });
  const [line] = (await once(createInterface(server.stdout!), 'line')) as [string];
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill();
    await once(server, 'exit');
  };
  return { url: /http:\S+/.exec(line)![0], stop };
}
