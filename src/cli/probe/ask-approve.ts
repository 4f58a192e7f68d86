/** Asks everything about ApproveChallenge. */
import { setTimeout as wait } from 'node:timers/promises';
import { fromText } from '../../contract/bytes.ts';
import { isObject } from '../../contract/json.ts';
import type { Calls } from './calls.ts';
import { challengeOf, isPreferred, optionsOf } from './options.ts';
import { createSoftwareAuthenticator, flag, type SoftwareAuthenticator } from './software-authenticator.ts';
import { foreign, withoutClientData } from './wrong.ts';

/** A Challenge serves for several refusals, and for one that is taken. */
export async function askApprove({ page, call }: Calls, main: SoftwareAuthenticator): Promise<void> {
  let pending: unknown;
  let isRequired = false;
  let spare = 0;

  type Make = (challenge: string) => unknown;
  async function approve(step: string, isTaken: boolean, make: Make): Promise<void> {
    if (typeof pending !== 'string') {
      const begun = await call(`challenge-${++spare}`, 'POST', '/Passkeys/Challenges', {});
      pending = challengeOf(begun);
      isRequired = begun !== undefined && !isPreferred(optionsOf(begun));
    }
    if (typeof pending !== 'string') return;
    const answer = await call(step, 'POST', '/Passkeys/ApproveChallenge', await make(pending));
    if (isTaken || !answer || answer.status < 400) pending = undefined;
  }

  const stranger = await createSoftwareAuthenticator();
  const usual = (challenge: string) => main.sign(challenge, page);
  await approve('approve-other-step', false, (challenge) => main.register(challenge, page));
  await approve('approve-client-data', false, async (challenge) => withoutClientData(await usual(challenge)));
  await approve('approve-origin', false, (challenge) => main.sign(challenge, { ...page, origin: foreign }));
  await approve('approve-attachment-null', false, async (challenge) => ({
    ...(await usual(challenge)),
    authenticatorAttachment: null,
  }));
  await approve('approve-attachment-missing', false, async (challenge) => ({
    ...(await usual(challenge)),
    authenticatorAttachment: undefined,
  }));
  await approve('approve-absent-user', false, (challenge) => main.sign(challenge, { ...page, flags: 0 }));
  await approve('unknown-passkey', false, (challenge) => stranger.sign(challenge, page));
  await approve('approve-content-type', false, () => new URLSearchParams({ id: main.id }));
  await approve('wrong-signature', false, async (challenge) => {
    const { response, ...rest } = await usual(challenge);
    const { signature } = (await stranger.sign(challenge, page)).response;
    return { ...rest, response: { ...response, signature } };
  });
  if (!isRequired) {
    const flags = flag.userPresent;
    await approve('approve-unverified-user', true, (challenge) => main.sign(challenge, { ...page, flags }));
  }
  await approve('approve-more-members', true, async (challenge) => ({
    ...(await usual(challenge)),
    clientExtensionResults: {},
  }));
  await call(
    'unknown-challenge',
    'POST',
    '/Passkeys/ApproveChallenge',
    await usual(fromText(`YC${'0'.repeat(32)}`)),
  );
}

/** Waits until the moment that Verify names, or else for five minutes. */
export async function askExpired(
  { page, call }: Calls,
  main: SoftwareAuthenticator,
  signal: AbortSignal,
): Promise<void> {
  const begun = await call('challenge-expiring', 'POST', '/Passkeys/Challenges', {});
  const challenge = challengeOf(begun);
  if (typeof challenge !== 'string' || !isObject(begun?.body)) return;
  const named = Date.parse(String(begun.body.expiration_date)) - Date.now();
  const lifetime = named > 0 && named < 600_000 ? named : 300_000;
  await wait(lifetime + 1000, undefined, { signal });
  await call('expired-challenge', 'POST', '/Passkeys/ApproveChallenge', await main.sign(challenge, page));
}
