/**
 * Remembers the newest registration of each user, so that a list of Verify's that does not have it yet is told from a
 * complete one. A browser drops every passkey that is missing from a complete list.
 */
import * as v from 'valibot';
import { isFinal } from '../contract/final-refusal.ts';
import { ManagedFactor } from '../contract/managed-factor.ts';
import type { CallContext } from './context.ts';
import type { Newest, Owners } from './owners.ts';
import { isMissingFactor, Refusal } from './refusal.ts';

/** For how many milliseconds Verify may not find a passkey that it has verified, and may verify one that it has begun. */
const maxLag = 600_000;

export const isRecent = ({ at }: Newest) => Math.abs(Date.now() - at) < maxLag;

/**
 * Runs the call that has Verify verify a Factor. It is remembered before, so that a list that Verify made earlier and
 * this relay answers later is in doubt too. A Factor that Verify refuses for good is forgotten.
 */
export async function rememberNewest<T>(
  owners: Owners,
  { identity, sid: factorSid }: { identity: string; sid: string },
  verify: () => Promise<T>,
): Promise<T> {
  const before = await owners.findNewest(identity);
  if (before?.factorSid !== factorSid) {
    // A list then finds what it must forget if another hand deletes it. Without this note, only that is lost.
    if (before?.factorSid !== undefined)
      await noteKnown(owners, identity, [before.factorSid], before.at).catch(() => {});
    await owners.setNewest(identity, { factorSid, at: Date.now() });
  }
  try {
    return await verify();
  } catch (error) {
    const isRefused = error instanceof Refusal && isFinal(error.code);
    if (isRefused) await replaceNewest(owners, identity, factorSid, before);
    throw error;
  }
}

/** Notes passkeys of a user beside the newest one. */
export async function noteKnown(
  owners: Owners,
  identity: string,
  factorSids: string[],
  at: number,
): Promise<void> {
  const known = await owners.findKnown(identity);
  await owners.setKnown(identity, { ...known, ...Object.fromEntries(factorSids.map((sid) => [sid, at])) });
}

/** Whether a passkey is among the registrations of its user: no removal has forgotten it. */
export async function isRegistered(owners: Owners, identity: string, factorSid: string): Promise<boolean> {
  const newest = await owners.findNewest(identity);
  return newest?.factorSid === factorSid || Object.hasOwn(await owners.findKnown(identity), factorSid);
}

/** Forgets a passkey that Verify has deleted, among the registrations of its user. */
export async function forgetNewest(owners: Owners, identity: string, factorSid: string): Promise<void> {
  await Promise.all([
    replaceNewest(owners, identity, factorSid, undefined),
    forgetKnown(owners, identity, factorSid).catch(() => {}),
  ]);
}

async function forgetKnown(owners: Owners, identity: string, factorSid: string): Promise<void> {
  const { [factorSid]: at, ...others } = await owners.findKnown(identity);
  if (at !== undefined) await owners.setKnown(identity, others);
}

/** Forgets which passkey is the newest, once it is known that none was missed since. */
export const clearNewest = (owners: Owners, identity: string, { factorSid, at }: Newest): Promise<void> =>
  replaceNewest(owners, identity, factorSid, { at });

/** If this fails, the next lists are in doubt for a while, or ask Verify. */
async function replaceNewest(
  owners: Owners,
  identity: string,
  factorSid: string | undefined,
  by: Newest | undefined,
): Promise<void> {
  const replace = async () => {
    const newest = await owners.findNewest(identity);
    if (newest?.factorSid === factorSid) await owners.setNewest(identity, by);
  };
  await replace().catch(() => {});
}

/**
 * Whether the verified Factors of a user, which Verify listed before this call, have the newest one. If the store
 * remembers none, because it is old, was lost or the newest was removed, it begins to remember now.
 */
export async function haveNewest(
  { verify, owners }: CallContext,
  request: Request,
  identity: string,
  factorSids: string[],
): Promise<boolean> {
  const newest = await owners.findNewest(identity);
  if (!newest && factorSids.length > 0) await owners.setNewest(identity, { at: Date.now() }).catch(() => {});
  if (!newest) return false;
  const { factorSid } = newest;
  if (factorSid !== undefined && factorSids.includes(factorSid)) return true;
  if (isRecent(newest)) return false;
  return factorSid === undefined || isGone(verify, request, `/Entities/${identity}/Factors/${factorSid}`);
}

/** Whether Verify has deleted a Factor that it had time to find, or never verified it and no longer would. */
async function isGone(verify: CallContext['verify'], request: Request, path: string): Promise<boolean> {
  try {
    const factor = v.safeParse(ManagedFactor, await verify(request, { method: 'GET', path }));
    return factor.success && factor.output.status === 'unverified';
  } catch (error) {
    return isMissingFactor(error);
  }
}

/** Whether this is the user's newest passkey, and so new that Verify may not find it yet. In doubt, true. */
export async function isNewest(
  owners: Owners,
  { identity, factorSid }: { identity: string; factorSid?: string | undefined },
): Promise<boolean> {
  const newest = await owners.findNewest(identity).catch(() => ({ factorSid, at: Date.now() }));
  return newest !== undefined && newest.factorSid === factorSid && isRecent(newest);
}
