/** The signed-in user's passkeys: what an account page needs, loaded when it asks for it. */
import * as v from 'valibot';
import { ceremonies } from '../contract/ceremony.ts';
import { PasskeyAnswer } from '../contract/passkey.ts';
import { toCamelCase } from './answer.ts';
import { PasskeyError } from './error.ts';
import { signalAccepted, signalName, signalUnknown } from './signal-api.ts';
import type { Send } from './transport.ts';

const { begin: route } = ceremonies.register;

/** One of the signed-in user's passkeys; `sid` is its Factor's. `dateCreated` is ISO 8601. */
export type Passkey = { sid: string; friendlyName?: string; credentialId?: string; dateCreated?: string };

export async function list(send: Send): Promise<Passkey[]> {
  const all = readPasskeys(await send({ method: 'GET', route }, undefined));
  await signalAccepted(all);
  return all.map(({ passkey }) => passkey);
}

export async function rename(send: Send, sid: string, friendlyName: string): Promise<Passkey> {
  const json = { friendly_name: friendlyName };
  const renamed = readPasskey(await send({ route: routeOf(sid), json }, undefined));
  await signalName(renamed);
  return renamed.passkey;
}

export async function remove(send: Send, sid: string): Promise<void> {
  const removed = readPasskey(await send({ method: 'DELETE', route: routeOf(sid) }, undefined));
  await signalUnknown(removed.rpId, removed.passkey.credentialId);
}

const routeOf = (sid: string) => `${route}/${encodeURIComponent(sid)}`;

/** A passkey with what the browser must be told of it. */
export type Managed = { passkey: Passkey; rpId: string | undefined; entitySid: string | undefined };

function readPasskeys(answer: unknown): Managed[] {
  const { output, success } = v.safeParse(v.object({ factors: v.array(PasskeyAnswer) }), answer);
  if (!success) throw new PasskeyError('invalid_response', 'Factors: expected { factors: [{ sid, … }] }.');
  return output.factors.map(toManaged);
}

function readPasskey(answer: unknown): Managed {
  const { output, success } = v.safeParse(PasskeyAnswer, answer);
  if (!success) throw new PasskeyError('invalid_response', 'Factors: expected a passkey { sid, … }.');
  return toManaged(output);
}

function toManaged(answer: v.InferOutput<typeof PasskeyAnswer>): Managed {
  const { rp_id: rpId, entity_sid: entitySid, status: _, identity: __, ...passkey } = answer;
  return { passkey: toCamelCase(passkey) as Passkey, rpId, entitySid };
}
