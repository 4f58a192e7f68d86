/** A relay in its own process, and the approvals that its onApproved got. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Redis } from '../redis.ts';
import { page } from '../software-authenticator.ts';
import { accountSid, authToken, cookieSecret, serviceSid } from '../world.ts';

type SignIn = { identity: string; challengeSid: string };

export async function startRelay(redis: Redis, verify: string, timeout: number) {
  const settings = { serviceSid, accountSid, authToken, cookieSecret, origins: [page.origin], timeout };
  const script = fileURLToPath(new URL('../relay/process.mjs', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, redis.url, verify, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  // A test that fails midway leaves no relay running.
  const kill = () => child.kill();
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const approved: SignIn[] = [];
  child.on('message', (approval) => approved.push(approval as SignIn));
  const [port] = await once(child.stdout!, 'data');
  return {
    port: Number(port),
    /** This list is complete only after the relay has stopped. */
    approved,
    async stop(): Promise<void> {
      const gone = Promise.all([once(child, 'exit'), child.connected && once(child, 'disconnect')]);
      child.kill();
      await gone;
    },
  };
}
