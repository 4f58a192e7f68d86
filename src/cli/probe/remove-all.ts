/** Removes from the Service what a probe has made there. */
import { setTimeout as wait } from 'node:timers/promises';
import { isObject } from '../../contract/json.ts';
import { NoAnswer } from '../service/fetch-json.ts';
import { type Calls, maxCalls } from './calls.ts';

/** What is left in the Service, as a path under its address, and why it was not removed. */
export type Left = { path: string; why: string };

/** Deletes each Entity that the probe made, or else its Factors. Tries again while the network fails. */
export async function removeAll({ made, remove: send }: Calls): Promise<Left[]> {
  const left: Left[] = [];
  for (const [owner, factors] of made) {
    const path = `/Entities/${owner}`;
    const failed = await remove(send, path);
    if (failed === undefined) continue;
    if (factors.size === 0 || !failed.isRefusal) {
      left.push({ path, why: failed.why });
      continue;
    }
    for (const sid of factors) {
      const one = `${path}/Factors/${sid}`;
      const reason = await remove(send, one);
      if (reason !== undefined) left.push({ path: one, why: reason.why });
    }
  }
  return left;
}

/** Returns why a resource is still there, or undefined if it is gone. */
async function remove(
  send: Calls['remove'],
  path: string,
): Promise<{ why: string; isRefusal: boolean } | undefined> {
  let why = `the probe keeps to ${maxCalls} calls`;
  for (const pause of [0, 1000, 3000]) {
    if (pause > 0) await wait(pause);
    try {
      const answer = await send(path);
      if (!answer) break;
      const { status, body } = answer;
      const code = isObject(body) ? body.code : undefined;
      // A 20404 on an Entity may also mean that Verify has no such call: then its Factors are deleted one by one.
      const isGone = code === 60392 || code === 60390 || (code === 20404 && path.includes('/Factors/'));
      if (status === 204 || status === 200 || isGone) return undefined;
      why = `Verify answered ${status}${typeof code === 'number' ? ` with ${code}` : ''}`;
      if (status < 500 && status !== 429) return { why, isRefusal: true };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      why = error.message;
    }
  }
  return { why, isRefusal: false };
}
