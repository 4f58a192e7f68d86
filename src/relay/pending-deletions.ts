/** Passkeys that Verify has deleted and the store still has. Each later list tries again, whoever asks for it. */
import type { Owners } from './owners.ts';

export type PendingDeletions = {
  /** Forgets a passkey in the store. If that fails, it is pending. */
  forget(owners: Owners, identity: string, factorSid: string): Promise<void>;
  /** Begins to try the pending ones again, within the deadline of these owners. Nobody waits for it. */
  retry(owners: Owners): void;
};

/** If a store never deletes, only the newest deletions are tried again. */
const maxPending = 1_000;

/** How many are tried again by one call. */
const maxRetries = 10;

export function createPendingDeletions(): PendingDeletions {
  /** The identity of each Factor's user, the one that was tried last at the end. */
  const pending = new Map<string, string>();
  let isTrying = false;

  async function forget(owners: Owners, identity: string, factorSid: string): Promise<void> {
    pending.delete(factorSid);
    pending.set(factorSid, identity);
    if (pending.size > maxPending) pending.delete([...pending.keys()][0]!); // It is not empty.
    const { forgetNewest } = await import('./newest.ts');
    // In this order: a registration that is being answered looks for its newest entry after it has written its keys.
    await forgetNewest(owners, identity, factorSid);
    await owners.forget(factorSid);
    pending.delete(factorSid);
  }

  return {
    forget,
    retry(owners) {
      if (isTrying) return;
      isTrying = true;
      const tried = [...pending].slice(0, maxRetries).map(([sid, user]) => forget(owners, user, sid));
      Promise.allSettled(tried).then(() => {
        isTrying = false;
      });
    },
  };
}
