/** Asks the app who is signed in. Nothing else decides it. */
import { identityPattern } from '../contract/identifier.ts';
import { fitName, maxFriendlyName } from '../contract/name.ts';
import type { RelayConfig, Who } from './config.ts';
import { Refusal } from './refusal.ts';

type Identify = RelayConfig['identify'];

/** The user of the session, with names that fit a chooser, or null if nobody is signed in. */
export async function findUser(
  identify: Identify,
  request: Request,
  step: Parameters<Identify>[1],
): Promise<Who | null> {
  const who = await identify(request, step);
  if (!who) return null;
  for (const name of ['userName', 'displayName', 'friendlyName'] as const) {
    const given = typeof (who[name] ?? '');
    if (given !== 'string')
      throw new TypeError(`identify() must return ${name} as a text, but returned a ${given}`);
  }
  if (typeof who.identity === 'string' && identityPattern.test(who.identity)) {
    const { identity, userName, displayName, friendlyName } = who;
    return {
      identity,
      userName: fitName(userName ?? ''),
      displayName: fitName(displayName ?? ''),
      friendlyName: fitName(friendlyName ?? '', maxFriendlyName),
    };
  }
  throw new Refusal(60420, {
    message: 'identify() must return an identity of 8 to 64 letters, digits and dashes.',
  });
}

/** The user of the session. Refuses if nobody is signed in. */
export async function demandUser(
  identify: Identify,
  request: Request,
  step: Parameters<Identify>[1],
): Promise<Who> {
  const who = await findUser(identify, request, step);
  if (!who) throw new Refusal('not_signed_in');
  return who;
}

/** The user's names for the page, named as on the wire. */
export function namesOf(who: Who | null) {
  return { user_name: who?.userName || undefined, display_name: who?.displayName || undefined };
}
