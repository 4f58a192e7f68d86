/** The signed-in user's own passkeys: listed, renamed and removed at Verify's Entities. */
import * as v from 'valibot';
import { ManagedFactor } from '../contract/passkey.ts';
import { optional, text } from '../contract/wire.ts';
import { readName, refuseName } from './friendly-name.ts';
import type { Entered } from './gate.ts';
import type { Tools } from './handler.ts';
import { demandUser } from './identity.ts';
import { Refusal } from './refusal.ts';
import { reply } from './reply.ts';

/** An Entity holds far fewer Factors than Verify is asked to put on a page. */
const pageSize = 100;

const List = v.object({
  factors: v.array(ManagedFactor),
  meta: optional(v.object({ next_page_url: optional(text) })),
});

/** GET Factors */
export async function listPasskeys(tools: Tools, request: Request): Promise<Response> {
  const { identity } = await demandUser(tools.identify, request, 'manage');
  const path = `/Entities/${identity}/Factors?PageSize=${pageSize}`;
  const answer = await tools.verify(request, { method: 'GET', path }).catch((error: unknown) => {
    // Verify makes the Entity with its first Factor: a user without one has no passkeys.
    if (error instanceof Refusal && (error.code === 'not_found' || error.code === 60392))
      return { factors: [] };
    throw error;
  });
  const list = v.safeParse(List, answer);
  if (!list.success) throw new Refusal('verify_invalid_answer');
  const { factors, meta } = list.output;
  // A list that goes on is none: the page would tell the browser to drop the passkeys that are missing.
  const isWhole = meta?.next_page_url === undefined;
  if (!isWhole || factors.some((factor) => factor.identity !== identity)) {
    throw new Refusal('verify_invalid_answer');
  }
  const own = factors.filter(isPasskey);
  return reply(200, { factors: await Promise.all(own.map((factor) => present(tools, factor))) });
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
  return reply(200, await present(tools, renamed.output));
}

/** DELETE Factors/{sid}: the answer names the credential once more, so that the page can tell the browser. */
export async function removePasskey(tools: Tools, request: Request, { sid }: Entered): Promise<Response> {
  const { path, factor } = await findOwn(tools, request, sid);
  const removed = await present(tools, factor);
  // Verify first: where it says no, the passkey is what it was.
  await tools.verify(request, { method: 'DELETE', path });
  await tools.memory.forget(sid);
  return reply(200, removed);
}

/** Verify looks under the user's own Entity only: somebody else's passkey is not there. */
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
  return { path, factor: factor.output };
}

type Managed = v.InferOutput<typeof ManagedFactor>;

/** An Entity may hold Factors of other kinds too, and ones whose registration nobody finished. */
function isPasskey({ factor_type, status }: Managed): boolean {
  return factor_type === 'passkeys' && status === 'verified';
}

async function present(tools: Tools, { config, factor_type: _, ...factor }: Managed) {
  const credential_id = await tools.memory.credentialOf(factor.sid);
  return { ...factor, credential_id, rp_id: config?.relying_party?.id };
}
