/** Lists, renames and removes the signed-in user's own passkeys at Verify. */
import * as v from 'valibot';
import { ManagedFactor } from '../contract/managed-factor.ts';
import { optional, text } from '../contract/wire.ts';
import { reply } from './answer.ts';
import type { CallContext } from './context.ts';
import { readName, refuseName } from './friendly-name.ts';
import type { RouteCall } from './gate.ts';
import { demandUser, namesOf } from './identity.ts';
import { haveNewest } from './newest.ts';
import { isMissingEntity, isMissingFactor, Refusal } from './refusal.ts';
import { deleteRefused } from './refused-passkey.ts';
import { forgetUnlisted } from './removed-passkey.ts';
import { addressOf, type Caller } from './verify.ts';

const pageSize = 100;

/** Far more pages than an Entity can fill. The limit stops a list that never ends. */
const maxPages = 20;

const List = v.object({
  factors: v.array(ManagedFactor),
  meta: optional(v.object({ next_page_url: optional(text) })),
});

/** GET Factors */
export async function listPasskeys(context: CallContext, request: Request): Promise<Response> {
  const who = await demandUser(context.identify, request, 'manage');
  const { identity } = who;
  context.pendingDeletions.retry(context.owners);
  const [known, listed] = await Promise.all([
    context.owners.findKnown(identity),
    readFactors(context, request, identity),
  ]);
  const presented = await Promise.all(
    listed.filter(isPasskey).map((factor) => presentAccepted(context, request, factor)),
  );
  const factors = presented.filter((factor) => factor !== undefined);
  const sidsOf = (some: { sid: string }[]) => some.map(({ sid }) => sid);
  const complete = await haveNewest(context, request, identity, sidsOf(factors));
  // Nobody waits for what a list makes clear. If it fails, the next list tries again.
  forgetUnlisted(context, request, {
    identity,
    known,
    sids: sidsOf(listed),
    remembered: sidsOf(factors.filter(({ credential_id }) => credential_id !== undefined)),
    complete,
  }).catch(() => {});
  return reply(200, { factors, complete, ...namesOf(who) });
}

/**
 * Returns undefined for a passkey that the app refused, and begins to delete it at Verify. Until the app has accepted a
 * passkey, the list shows no more of it than Verify has.
 */
async function presentAccepted(context: CallContext, request: Request, factor: ManagedFactor) {
  const credentialId = await context.owners.findCredentialId(factor.sid);
  const owner = credentialId === undefined ? undefined : await context.owners.findOwner(credentialId);
  if (!owner?.isRefused || owner.factorSid !== factor.sid)
    return toPresented(factor, owner?.isClaimed ? undefined : credentialId, owner?.aaguid);
  void deleteRefused(context, request, owner);
  return undefined;
}

/** All Factors of a user, from every page of the list: the browser drops each passkey that is missing from it. */
export async function readFactors(
  context: Pick<CallContext, 'verify' | 'serviceSid'>,
  request: Caller,
  identity: string,
): Promise<ManagedFactor[]> {
  const path = `/Entities/${identity}/Factors`;
  const factors: ManagedFactor[] = [];
  let search = `?PageSize=${pageSize}`;
  for (let page = 0; page < maxPages; page++) {
    const answer = await context.verify(request, { method: 'GET', path: path + search }).catch((error) => {
      // Verify creates the Entity with its first Factor, so a user without an Entity has no passkeys.
      if (page === 0 && isMissingEntity(error)) return { factors: [] };
      throw error;
    });
    const list = v.safeParse(List, answer);
    if (!list.success || list.output.factors.some((factor) => factor.identity !== identity)) break;
    factors.push(...list.output.factors);
    const next = list.output.meta?.next_page_url;
    if (next === undefined) return factors;
    // Only the query of next_page_url is used, and only if it is this list's, so that the secret goes nowhere else.
    const own = `${addressOf(context.serviceSid)}${path}?`;
    if (!next.startsWith(own)) break;
    search = `?${next.slice(own.length)}`;
  }
  throw new Refusal('verify_invalid_answer');
}

const RenamedFactor = v.pick(ManagedFactor, ['sid', 'identity', 'friendly_name']);

/** POST Factors/{sid} */
export async function renamePasskey(
  context: CallContext,
  request: Request,
  { sid, readBody }: RouteCall,
): Promise<Response> {
  const { identity } = await demandUser(context.identify, request, 'manage');
  const FriendlyName = readName(await readBody()) ?? refuseName();
  const { path, factor } = await findOwn(context, request, sid, identity);
  const form = new URLSearchParams({ FriendlyName });
  const renamed = v.safeParse(RenamedFactor, await context.verify(request, { method: 'POST', path, form }));
  if (!renamed.success || renamed.output.sid !== sid || renamed.output.identity !== factor.identity) {
    throw new Refusal('verify_invalid_answer');
  }
  const name = renamed.output.friendly_name ?? FriendlyName;
  return reply(200, await present(context, { ...factor, friendly_name: name }));
}

/** DELETE Factors/{sid}: the answer has the credential id, so that the page can tell the browser. */
export async function removePasskey(
  context: CallContext,
  request: Request,
  { sid }: RouteCall,
): Promise<Response> {
  const { identity } = await demandUser(context.identify, request, 'manage');
  return context.takeTurn(identity, async () => {
    const { path, factor } = await findOwn(context, request, sid, identity);
    const removed = await present(context, factor);
    const headers = await askToRemove(context, request, identity, removed);
    // Verify first: if it refuses, the passkey stays as it was.
    await context.verify(request, { method: 'DELETE', path });
    await context.pendingDeletions.forget(context.owners, identity, sid);
    return reply(200, removed, headers);
  });
}

/** Asks the app before anything is removed. Returns the headers to add. */
async function askToRemove(
  context: CallContext,
  request: Request,
  identity: string,
  { sid, friendly_name: friendlyName, credential_id: credentialId, aaguid }: PresentedPasskey,
): Promise<Headers> {
  if (!context.onRemove) return new Headers();
  const passkeys = (await readFactors(context, request, identity)).filter(isPasskey);
  const remaining = passkeys.filter((other) => other.sid !== sid).length;
  const removal = { identity, sid, friendlyName, credentialId, aaguid, remaining };
  const headers = await context.onRemove(removal, request);
  if (headers === false) {
    throw new Refusal('not_allowed', { message: 'The app does not allow this passkey to be removed.' });
  }
  return headers;
}

type PresentedPasskey = Awaited<ReturnType<typeof present>>;

/** Verify looks only under the user's own Entity, so it does not find another user's passkey. */
export async function findOwn(
  context: Pick<CallContext, 'verify'>,
  request: Caller,
  sid: string,
  identity: string,
) {
  const path = `/Entities/${identity}/Factors/${sid}`;
  const answer = await context.verify(request, { method: 'GET', path }).catch((error: unknown) => {
    throw isMissingFactor(error) ? new Refusal('not_found') : error;
  });
  const factor = v.safeParse(ManagedFactor, answer);
  if (!factor.success || factor.output.sid !== sid || factor.output.identity !== identity) {
    throw new Refusal('verify_invalid_answer');
  }
  if (!isPasskey(factor.output)) throw new Refusal('not_found');
  return { path, factor: factor.output };
}

/** An Entity may also have Factors of other types, and Factors whose registration was never finished. */
export function isPasskey({ factor_type, status }: ManagedFactor): boolean {
  return factor_type === 'passkeys' && status === 'verified';
}

/** The passkey as its owner gets it. The storage may have what Verify does not return. */
export async function present({ owners }: Pick<CallContext, 'owners'>, factor: ManagedFactor) {
  const credentialId = await owners.findCredentialId(factor.sid);
  const isKnown = factor.metadata?.aaguid !== undefined || credentialId === undefined;
  return toPresented(
    factor,
    credentialId,
    isKnown ? undefined : (await owners.findOwner(credentialId))?.aaguid,
  );
}

function toPresented(
  { config, metadata, factor_type: _, ...factor }: ManagedFactor,
  credential_id: string | undefined,
  remembered: string | undefined,
) {
  const aaguid = metadata?.aaguid ?? remembered;
  const rp_id = config?.relying_party?.id;
  return { ...factor, credential_id, rp_id, aaguid, last_used: metadata?.date_last_approved };
}
