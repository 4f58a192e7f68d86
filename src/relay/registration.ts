/** The two routes that make a passkey, both for the user whom the app's own session names. */

import { beginCeremony, finishCeremony } from './ceremony.ts';
import { findBegun, readCredential } from './credential.ts';
import { readName } from './friendly-name.ts';
import type { Entered } from './gate.ts';
import type { Tools } from './handler.ts';
import { demandUser } from './identity.ts';
import { Refusal } from './refusal.ts';
import { reply } from './reply.ts';

/** POST Factors: the identity is the session's; the page may only choose what the passkey is called. */
export async function beginRegistration(
  tools: Tools,
  request: Request,
  { body }: Entered,
): Promise<Response> {
  const name = readName(body);
  const { identity, friendlyName } = await demandUser(tools.identify, request, 'register');
  return beginCeremony(tools, request, 'register', {
    friendly_name: name ?? (friendlyName || identity),
    identity,
  });
}

/** POST VerifyFactor: what Verify confirms is remembered, so that this passkey can say later whose it is. */
export async function finishRegistration(
  tools: Tools,
  request: Request,
  { body }: Entered,
): Promise<Response> {
  const begun = await findBegun(tools.cookies, request, 'register', body);
  const { identity } = await demandUser(tools.identify, request, 'register');
  const credential = await readCredential('register', body);
  if (begun?.identity !== identity) throw new Refusal('ceremony_mismatch');
  const { sid } = begun;
  // An attestation of kind "none" proves no possession: a known id may not be claimed by registering it again.
  const owner = await tools.memory.ownerOf(credential.id);
  if (owner && (owner.identity !== identity || (owner.factorSid ?? sid) !== sid)) throw exists();
  if (!owner) await tools.memory.demandKeeping();
  const factor = await finishCeremony(tools, request, 'register', sid, credential);
  if (factor.identity !== identity) throw new Refusal('verify_invalid_answer');
  const { entity_sid: entitySid, friendly_name: friendlyName } = factor;
  const holder = await tools.memory.remember(credential.id, { identity, factorSid: sid, entitySid });
  if (holder.factorSid !== sid) throw exists();
  const verified = { sid, identity, entitySid, friendlyName, credentialId: credential.id };
  const headers = new Headers((await tools.onVerified?.(verified, request)) ?? undefined);
  headers.append(...tools.cookies.clear(request, sid));
  return reply(200, factor, headers);
}

function exists(): Refusal {
  return new Refusal(60317, { message: 'This passkey exists already.', status: 409 });
}
