/** Lists, renames and removes the signed-in user's passkeys. Loaded with the first such call. */
import * as v from 'valibot';
import { ceremonies } from '../contract/ceremony.ts';
import { sidOf } from '../contract/identifier.ts';
import { PasskeyAnswer, PasskeyList } from '../contract/passkey.ts';
import { createError } from './error.ts';
import { demandNickname } from './nickname.ts';
import { tellBrowser } from './signal.ts';
import type { Send } from './transport.ts';

const { begin: route } = ceremonies.register;

/** One of the signed-in user's passkeys. */
export type Passkey = {
  /** The SID of its Factor: `YF` and 32 hex digits. */
  sid: string;
  /** Its nickname, 1 to 64 UTF-16 code units. */
  friendlyName?: string | undefined;
  /** Its id in the browser, base64url, if the relay knows it. */
  credentialId?: string | undefined;
  /** When the passkey was made, in ISO 8601. */
  dateCreated?: string | undefined;
  /**
   * The model of its authenticator or password manager, as a UUID, if it is known.
   * https://www.w3.org/TR/webauthn-3/#aaguid
   */
  aaguid?: string | undefined;
  /** When it was last used to sign in, in ISO 8601. Absent if it never was, or if Verify does not say. */
  lastUsed?: string | undefined;
};

/** How old a list may be when the browser is told of it, in milliseconds: a tab that slept may read it hours later. */
const maxListAge = 300_000;

/** Counts the lists and removals. The browser is not told of a list that is older than what it was told last. */
let turns = 0;
let toldTurn = 0;

export async function list(send: Send): Promise<Passkey[]> {
  const asked = Date.now();
  const turn = ++turns;
  const answer = await send({ method: 'GET', route }, undefined);
  const { output, success } = v.safeParse(PasskeyList, answer);
  if (!success) throw createError('invalid_response', 'Factors: expected { factors: [{ sid, … }] }.');
  // A back end of one's own may pass on Factors whose registration was never finished. They are no passkeys.
  const all = output.factors.filter(({ status }) => status === 'verified').map(toManaged);
  await tellBrowser(async ({ signalAccepted, signalNames }) => {
    const age = Date.now() - asked;
    if (age < 0 || age > maxListAge || turn < toldTurn) return;
    toldTurn = turn;
    const accepted = output.complete ? signalAccepted(all) : undefined;
    await Promise.all([accepted, signalNames(all[0]?.rpId, all[0]?.entitySid, output)]);
  });
  return all.map(({ passkey }) => passkey);
}

export async function rename(send: Send, sid: string, friendlyName: string): Promise<Passkey> {
  const json = { friendly_name: demandNickname(friendlyName) };
  return readPasskey(await send({ route: routeOf(sid), json }, undefined)).passkey;
}

export async function remove(send: Send, sid: string): Promise<void> {
  const answer = await send({ method: 'DELETE', route: routeOf(sid) }, undefined);
  toldTurn = ++turns;
  if (answer === null) return;
  const removed = readPasskey(answer);
  if (removed.passkey.sid !== sid) return;
  await tellBrowser(({ signalUnknown }) => signalUnknown(removed.rpId, removed.passkey.credentialId));
}

/** Text that is not a SID could reach another route of the relay, so it is refused here with the relay's own error. */
function routeOf(sid: string): string {
  if (sidOf('YF').test(sid)) return `${route}/${sid}`;
  const message = 'expected the SID of a passkey: YF and 32 hex digits';
  const rejection = { code: 'not_found', message, status: 404 };
  throw createError('rejected', `${route}: nothing was sent; ${message}.`, { rejection });
}

/** A passkey, and what else the Signal API needs to know of it. */
export type ManagedPasskey = { passkey: Passkey; rpId: string | undefined; entitySid: string | undefined };

/** The list alone needs the status. */
const { status: _, ...named } = PasskeyAnswer.entries;
const NamedPasskey = v.object(named);

function readPasskey(answer: unknown): ManagedPasskey {
  const { output, success } = v.safeParse(NamedPasskey, answer);
  if (!success) throw createError('invalid_response', 'Factors: expected a passkey { sid, … }.');
  return toManaged(output);
}

function toManaged(answer: v.InferOutput<typeof NamedPasskey>): ManagedPasskey {
  const passkey = {
    sid: answer.sid,
    friendlyName: answer.friendly_name,
    credentialId: answer.credential_id,
    dateCreated: answer.date_created,
    aaguid: answer.aaguid,
    lastUsed: answer.last_used,
  };
  return { passkey, rpId: answer.rp_id, entitySid: answer.entity_sid };
}
