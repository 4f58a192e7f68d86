/** Lists, renames and removes the signed-in user's own passkeys at Verify. */
import * as v from 'valibot';
import { ManagedFactor } from '../contract/managed-factor.ts';
import { optional, text } from '../contract/wire.ts';
import { reply } from './answer.ts';
import type { CallContext } from './context.ts';
import { readName, refuseName } from './friendly-name.ts';
import type { Admitted } from './gate.ts';
import { demandUser, namesOf } from './identity.ts';
import { forgetNewest, haveNewest } from './newest.ts';
import { Refusal } from './refusal.ts';
import { addressOf } from './verify.ts';

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
  const factors = (await readFactors(context, request, who.identity)).filter(isPasskey);
  await Promise.all([...context.pendingDeletions].map(([sid, identity]) => forget(context, identity, sid)));
  const sids = factors.map(({ sid }) => sid);
  const [complete, presented] = await Promise.all([
    haveNewest(context, request, who.identity, sids),
    Promise.all(factors.map((factor) => present(context, factor))),
  ]);
  return reply(200, { factors: presented, complete, ...namesOf(who) });
}

/** All Factors of a user, from every page of the list: the browser drops each passkey that is missing from it. */
async function readFactors(context: CallContext, request: Request, identity: string): Promise<Managed[]> {
  const path = `/Entities/${identity}/Factors`;
  const factors: Managed[] = [];
  let search = `?PageSize=${pageSize}`;
  for (let page = 0; page < maxPages; page++) {
    const answer = await context.verify(request, { method: 'GET', path: path + search }).catch((error) => {
      // Verify creates the Entity with its first Factor, so a user without an Entity has no passkeys.
      const hasNone = error instanceof Refusal && (error.code === 'not_found' || error.code === 60392);
      if (page === 0 && hasNone) return { factors: [] };
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

/** POST Factors/{sid} */
export async function renamePasskey(
  context: CallContext,
  request: Request,
  { sid, body }: Admitted,
): Promise<Response> {
  const FriendlyName = readName(body) ?? refuseName();
  const { path, factor } = await findOwn(context, request, sid);
  const form = new URLSearchParams({ FriendlyName });
  const renamed = v.safeParse(ManagedFactor, await context.verify(request, { method: 'POST', path, form }));
  if (!renamed.success || renamed.output.sid !== sid || renamed.output.identity !== factor.identity) {
    throw new Refusal('verify_invalid_answer');
  }
  return reply(200, await present(context, renamed.output));
}

/** DELETE Factors/{sid}: the answer has the credential id, so that the page can tell the browser. */
export async function removePasskey(
  context: CallContext,
  request: Request,
  { sid }: Admitted,
): Promise<Response> {
  const { identity, path, factor } = await findOwn(context, request, sid);
  const removed = await present(context, factor);
  // Verify first: if it refuses, the passkey stays as it was.
  await context.verify(request, { method: 'DELETE', path });
  await forget(context, identity, sid);
  return reply(200, removed);
}

/** Forgets a passkey that Verify has deleted. If the store fails, the next list tries again. */
async function forget(
  { pendingDeletions, owners }: CallContext,
  identity: string,
  sid: string,
): Promise<void> {
  pendingDeletions.set(sid, identity);
  await forgetNewest(owners, identity, sid);
  await owners.forget(sid);
  pendingDeletions.delete(sid);
}

/** Verify looks only under the user's own Entity, so it does not find another user's passkey. */
async function findOwn(context: CallContext, request: Request, sid: string) {
  const { identity } = await demandUser(context.identify, request, 'manage');
  const path = `/Entities/${identity}/Factors/${sid}`;
  const answer = await context.verify(request, { method: 'GET', path }).catch((error: unknown) => {
    const missing = error instanceof Refusal && (error.code === 60390 || error.code === 60392);
    throw missing ? new Refusal('not_found') : error;
  });
  const factor = v.safeParse(ManagedFactor, answer);
  if (!factor.success || factor.output.sid !== sid || factor.output.identity !== identity) {
    throw new Refusal('verify_invalid_answer');
  }
  if (!isPasskey(factor.output)) throw new Refusal('not_found');
  return { identity, path, factor: factor.output };
}

type Managed = v.InferOutput<typeof ManagedFactor>;

/** An Entity may also have Factors of other types, and Factors whose registration was never finished. */
function isPasskey({ factor_type, status }: Managed): boolean {
  return factor_type === 'passkeys' && status === 'verified';
}

/** The passkey as its owner gets it. The storage may have what Verify does not return. */
async function present({ owners }: CallContext, { config, metadata, factor_type: _, ...factor }: Managed) {
  const credential_id = await owners.findCredentialId(factor.sid);
  const aaguid = metadata?.aaguid ?? (credential_id && (await owners.findOwner(credential_id))?.aaguid);
  const rp_id = config?.relying_party?.id;
  return { ...factor, credential_id, rp_id, aaguid, last_used: metadata?.date_last_approved };
}
