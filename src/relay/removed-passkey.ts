/**
 * Forgets what the store has of passkeys that Verify no longer has: removed by another hand, or while the relay was
 * still remembering them. A removal deletes at Verify first and clears the store afterwards, so whatever a call writes
 * before it looks at Verify is cleared by one of the two.
 */
import type { CallContext } from './context.ts';
import { clearNewest, isRecent, isRegistered, noteKnown } from './newest.ts';
import type { KnownFactors, Owner } from './owners.ts';
import { isMissingFactor } from './refusal.ts';

/** Asks Verify for a passkey that the store has, and forgets it if it is gone. In doubt it stays. */
export async function forgetIfRemoved(
  { verify, owners, pendingDeletions }: CallContext,
  request: Request,
  { identity, factorSid }: Owner,
): Promise<boolean> {
  // If Verify named only the identity, nothing tells which passkey to ask for.
  if (factorSid === undefined) return false;
  const path = `/Entities/${identity}/Factors/${factorSid}`;
  const isRemoved = await verify(request, { method: 'GET', path, outlivesPage: true }).then(
    () => false,
    isMissingFactor,
  );
  if (isRemoved) await pendingDeletions.forget(owners, identity, factorSid).catch(() => {});
  return isRemoved;
}

/** The same for a new passkey. Verify is asked only if the store no longer has it among the user's registrations. */
export async function forgetIfUnregistered(
  context: CallContext,
  request: Request,
  owner: Owner & { factorSid: string },
): Promise<boolean> {
  const isStill = await isRegistered(context.owners, owner.identity, owner.factorSid).catch(() => true);
  return !isStill && forgetIfRemoved(context, request, owner);
}

/** What one list of Verify's shows. */
type FactorList = {
  identity: string;
  /** What the store knew before that list, so that a passkey made since is not missed. */
  known: KnownFactors;
  /** Every Factor of the list. */
  sids: string[];
  /** Those whose owner the store remembers. */
  remembered: string[];
  /** Whether the list has every passkey. */
  complete: boolean;
};

/** How many passkeys are forgotten after one list. The next list goes on. */
const maxForgotten = 10;

/**
 * Forgets the passkeys of a user that Verify no longer lists, and notes those that it lists. A list may lag behind, or
 * miss a Factor between two pages, so only old passkeys are forgotten, and Verify is asked for each of them.
 */
export async function forgetUnlisted(
  context: CallContext,
  request: Request,
  { identity, known, sids, remembered, complete }: FactorList,
): Promise<void> {
  const { owners, pendingDeletions } = context;
  const newest = await owners.findNewest(identity);
  const { factorSid } = newest ?? {};
  if (newest && factorSid !== undefined && complete && !sids.includes(factorSid) && !isRecent(newest)) {
    await clearNewest(owners, identity, newest);
    await pendingDeletions.forget(owners, identity, factorSid);
  }
  const gone = Object.entries(known).filter(([sid, at]) => !sids.includes(sid) && !isRecent({ at }));
  for (const [sid] of gone.slice(0, maxForgotten)) {
    await forgetIfRemoved(context, request, { identity, factorSid: sid });
  }
  const unnoted = remembered.filter((sid) => sid !== factorSid && !Object.hasOwn(known, sid));
  if (unnoted.length > 0) await noteKnown(owners, identity, unnoted, Date.now());
}
