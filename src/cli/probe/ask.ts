/** Asks a Service for every assumption, in at most 60 calls, and removes everything that it made. */
import { setTimeout as wait } from 'node:timers/promises';
import { isObject } from '../../contract/json.ts';
import { NoAnswer } from '../service/fetch-json.ts';
import { askApprove, askExpired } from './ask-approve.ts';
import { askVerify } from './ask-verify.ts';
import { type Calls, createCalls, Stop, type Target } from './calls.ts';
import { challengeOf, optionsOf } from './options.ts';
import { friendlyName, placeholders } from './ours.ts';
import { type Left, removeAll } from './remove-all.ts';
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from './software-authenticator.ts';
import type { Call } from './transcript.ts';

export type ProbeResult = {
  calls: Call[];
  /** Why the probe ended early, in one sentence, or null. `isRefusal`: Verify refused the account or the Service. */
  stopped: { why: string; isRefusal: boolean } | null;
  left: Left[];
};

export async function ask(target: Target): Promise<ProbeResult> {
  const calls = createCalls(target);
  let stopped: ProbeResult['stopped'] = null;
  try {
    await askAll(calls, target);
  } catch (error) {
    stopped = readStop(error, target.signal);
    if (!stopped) {
      // A fault of the probe's own: what it made is removed all the same.
      await removeAll(calls);
      throw error;
    }
  }
  return { calls: calls.kept, stopped, left: await removeAll(calls) };
}

/** Why the asking ended, if that is not a fault of the probe. */
function readStop(error: unknown, signal: AbortSignal): ProbeResult['stopped'] {
  if (signal.aborted) return { why: 'The probe was stopped.', isRefusal: false };
  if (error instanceof Stop) return { why: error.message, isRefusal: error.isRefusal };
  return error instanceof NoAnswer ? { why: `${error.message}.`, isRefusal: false } : null;
}

async function askAll(calls: Calls, target: Target): Promise<void> {
  const { identity, page, made, know, call, beginFactor } = calls;
  const main = await createSoftwareAuthenticator();
  know(main.id, placeholders.credential);
  const begun = await beginFactor('factor');
  const challenge = challengeOf(begun);
  if (!begun || typeof challenge !== 'string') return;
  const credential = main.register(challenge, page);
  const verified = await call('factor-verified', 'POST', '/Passkeys/VerifyFactor', credential);
  if (!verified || verified.status >= 300) return;
  const factorSid = isObject(begun.body) ? String(begun.body.sid) : '';
  const factors = `/Entities/${identity}/Factors`;
  for (const [step, pause] of [
    ['list', 0],
    ['list-2', 500],
    ['list-3', 1000],
    ['list-4', 2000],
  ] as const) {
    if (pause > 0) await wait(pause, undefined, { signal: target.signal });
    const list = await call(step, 'GET', factors);
    if (JSON.stringify(list?.body ?? '').includes(factorSid)) break;
  }
  await call('second-verify', 'POST', '/Passkeys/VerifyFactor', credential);
  const { user } = optionsOf({ body: begun.body });
  const userHandle = isObject(user) ? String(user.id) : undefined;
  await signIn(calls, main, userHandle);
  await call('read', 'GET', `${factors}/${factorSid}`);
  const named = await call('challenge-named', 'POST', '/Passkeys/Challenges', { identity });
  const theirs = challengeOf(named);
  if (typeof theirs === 'string') {
    await call('user-handle-absent', 'POST', '/Passkeys/ApproveChallenge', await main.sign(theirs, page));
  }
  await askVerify(calls);
  await askApprove(calls, main);
  if (target.expired) await askExpired(calls, main, target.signal);
  await askNames(calls);
  const form = new URLSearchParams({ FriendlyName: `${friendlyName} 2` });
  await call('rename', 'POST', `${factors}/${factorSid}`, form);
  const deleted = await call('delete-factor', 'DELETE', `${factors}/${factorSid}`);
  if (deleted && deleted.status < 300) {
    made.get(identity)?.delete(factorSid);
    await call('deleted-factor', 'GET', `${factors}/${factorSid}`);
  }
  const gone = await call('delete-entity', 'DELETE', `/Entities/${identity}`);
  if (!gone || gone.status >= 300) return;
  made.delete(identity);
  await call('list-without-entity', 'GET', factors);
}

/** A sign-in of anybody, and a second approval of it. */
async function signIn(
  { page, call }: Calls,
  main: SoftwareAuthenticator,
  userHandle: string | undefined,
): Promise<void> {
  const challenge = challengeOf(await call('challenge', 'POST', '/Passkeys/Challenges', {}));
  if (typeof challenge !== 'string') return;
  const assertion = await main.sign(challenge, { ...page, userHandle });
  const approved = await call('approved', 'POST', '/Passkeys/ApproveChallenge', assertion);
  if (approved && approved.status < 300) {
    await call('second-approval', 'POST', '/Passkeys/ApproveChallenge', assertion);
  }
}

/** What Verify says to names and identities that are none. */
async function askNames({ identity, know, call, beginFactor }: Calls): Promise<void> {
  const nobody = `probe-${crypto.randomUUID()}`;
  know(nobody, 'probe-identity-2');
  await call('unknown-identity', 'POST', '/Passkeys/Challenges', { identity: nobody });
  await beginFactor('camel-case', { friendly_name: undefined, friendlyName });
  await beginFactor('friendly-name-limit', { friendly_name: 'x'.repeat(65) });
  await beginFactor('friendly-name-units', { friendly_name: '😀'.repeat(33) });
  const long = identity.padEnd(65, '0');
  know(long, 'probe-identity-3');
  await beginFactor('identity-limit', {}, long);
}
