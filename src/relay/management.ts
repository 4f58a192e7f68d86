/** Lists, renames and removes the signed-in user's own passkeys at Verify. */
import * as v from 'valibot';
import { ManagedFactor } from '../contract/managed-factor.ts';
import { optional, text } from '../contract/wire.ts';
import { readName, refuseName } from './friendly-name.ts';
import type { Entered } from './gate.ts';
import type { Tools } from './handler.ts';
import { demandUser, namesOf } from './identity.ts';
import { createMemory, type Memory } from './memory.ts';
import { forgetNewest, haveNewest } from './newest.ts';
import { Refusal } from './refusal.ts';
import { reply } from './reply.ts';
import { addressOf } from './verify.ts';

const pageSize = 100;

/** Far more pages than an Entity can fill. The limit stops a list that never ends. */
const mostPages = 20;

const List = v.object({
  factors: v.array(ManagedFactor),
  meta: optional(v.object({ next_page_url: optional(text) })),
});

/** GET Factors */
export async function listPasskeys(tools: Tools, request: Request): Promise<Response> {
  const who = await demandUser(tools.identify, request, 'manage');
  const factors = (await readFactors(tools, request, who.identity)).filter(isPasskey);
  const memory = createMemory(tools);
  await Promise.all([...tools.unforgotten].map((sid) => forget(tools, memory, who.identity, sid)));
  const sids = factors.map(({ sid }) => sid);
  const [complete, presented] = await Promise.all([
    haveNewest(tools, memory, request, who.identity, sids),
    Promise.all(factors.map((factor) => present(memory, factor))),
  ]);
  return reply(200, { factors: presented, complete, ...namesOf(who) });
}

/** All Factors of a user, from every page of the list: the browser drops each passkey that is missing from it. */
async function readFactors(tools: Tools, request: Request, identity: string): Promise<Managed[]> {
  const path = `/Entities/${identity}/Factors`;
  const factors: Managed[] = [];
  let search = `?PageSize=${pageSize}`;
  for (let page = 0; page < mostPages; page++) {
    const answer = await tools.verify(request, { method: 'GET', path: path + search }).catch((error) => {
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
    const own = `${addressOf(tools.serviceSid)}${path}?`;
    if (!next.startsWith(own)) break;
    search = `?${next.slice(own.length)}`;
  }
  throw new Refusal('verify_invalid_answer');
}

/** POST Factors/{sid} */
export async function renamePasskey(
  tools: Tools,
  request: Request,
  { sid, body }: Entered,
): Promise<Response> {
  const FriendlyName = readName(body) ?? refuseName();
  const { path, factor } = await findOwn(tools, request, sid);
  const form = new URLSearchParams({ FriendlyName });
  const renamed = v.safeParse(ManagedFactor, await tools.verify(request, { method: 'POST', path, form }));
  if (!renamed.success || renamed.output.sid !== sid || renamed.output.identity !== factor.identity) {
    throw new Refusal('verify_invalid_answer');
  }
  return reply(200, await present(createMemory(tools), renamed.output));
}

/** DELETE Factors/{sid}: the answer has the credential id, so that the page can tell the browser. */
export async function removePasskey(tools: Tools, request: Request, { sid }: Entered): Promise<Response> {
  const { identity, path, factor } = await findOwn(tools, request, sid);
  const memory = createMemory(tools);
  const removed = await present(memory, factor);
  // Verify first: if it refuses, the passkey stays as it was.
  await tools.verify(request, { method: 'DELETE', path });
  await forget(tools, memory, identity, sid);
  return reply(200, removed);
}

/** Forgets a passkey that Verify has deleted. If the store fails, the next list tries again. */
async function forget({ unforgotten }: Tools, memory: Memory, identity: string, sid: string): Promise<void> {
  unforgotten.add(sid);
  await forgetNewest(memory, identity, sid);
  await memory.forget(sid);
  unforgotten.delete(sid);
}

/** Verify looks only under the user's own Entity, so it does not find another user's passkey. */
async function findOwn(tools: Tools, request: Request, sid: string) {
  const { identity } = await demandUser(tools.identify, request, 'manage');
  const path = `/Entities/${identity}/Factors/${sid}`;
  const answer = await tools.verify(request, { method: 'GET', path }).catch((error: unknown) => {
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
async function present(memory: Memory, { config, metadata, factor_type: _, ...factor }: Managed) {
  const credential_id = await memory.credentialOf(factor.sid);
  const aaguid = metadata?.aaguid ?? (credential_id && (await memory.ownerOf(credential_id))?.aaguid);
  const rp_id = config?.relying_party?.id;
  return { ...factor, credential_id, rp_id, aaguid, last_used: metadata?.date_last_approved };
}
