/** A passkey that the app refused: it is deleted at Verify, and until then a mark in the store keeps it out. */
import type { CallContext } from './context.ts';
import { forgetNewest } from './newest.ts';
import type { Owner } from './owners.ts';
import { isMissingFactor, Refusal } from './refusal.ts';

const message = 'The app does not accept this passkey.';

/** Deletes a passkey at Verify and forgets it. Returns the error if that failed: it is tried again at the next use. */
export async function deleteRefused(
  { verify, owners }: CallContext,
  request: Request,
  { identity, factorSid }: Owner,
): Promise<unknown> {
  try {
    const sid = factorSid!; // Only a registration marks an owner as refused, and it knows its Factor.
    const path = `/Entities/${identity}/Factors/${sid}`;
    await verify(request, { method: 'DELETE', path, outlivesPage: true }).catch((error: unknown) => {
      if (!isMissingFactor(error)) throw error;
    });
    await forgetNewest(owners, identity, sid);
    await owners.forget(sid);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A passkey to refuse. If `isTheirs` is false, its credential id may be another user's, and is not marked. */
type RefusedPasskey = { credentialId: string; owner: Owner; isTheirs?: boolean };

/** Refuses a passkey for good. */
export async function refusePasskey(
  context: CallContext,
  request: Request,
  { credentialId, owner, isTheirs = true }: RefusedPasskey,
): Promise<Refusal> {
  // Marked first: if Verify cannot be reached, this relay still refuses the passkey, after a restart too.
  const unmarked = isTheirs
    ? await context.owners.markRefused(credentialId, owner).then(
        () => undefined,
        (error: unknown) => error,
      )
    : undefined;
  const undeleted = await deleteRefused(context, request, owner);
  const cause = undeleted ?? unmarked;
  const isMarked = isTheirs && unmarked === undefined;
  const note =
    undeleted === undefined
      ? 'It was deleted at Verify.'
      : isMarked
        ? 'It could not be deleted at Verify. It is refused here, and its deletion is tried again when it is used or listed.'
        : 'It could not be deleted at Verify, nor marked in the storage. It may sign in: remove it with createAdmin.';
  const headers = owner.factorSid ? [context.cookies.clear(request, owner.factorSid)] : [];
  return new Refusal('not_allowed', { message, note, headers, cause });
}
