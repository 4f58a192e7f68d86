/** Who is signed in, by the app's own session alone. */
import { identityPattern } from '../contract/identifier.ts';
import type { RelayConfig, Who } from './config.ts';
import { Refusal } from './refusal.ts';

type Identify = RelayConfig['identify'];

/** The user of the session, or null where nobody is signed in. */
export async function findUser(
  identify: Identify,
  request: Request,
  step: Parameters<Identify>[1],
): Promise<Who | null> {
  const who = await identify(request, step);
  if (!who) return null;
  if (typeof who.identity === 'string' && identityPattern.test(who.identity)) return who;
  throw new Refusal(60420, {
    message: 'identify() must give an identity of 8 to 64 letters, digits and dashes.',
  });
}

export async function demandUser(
  identify: Identify,
  request: Request,
  step: Parameters<Identify>[1],
): Promise<Who> {
  const who = await findUser(identify, request, step);
  if (!who) throw new Refusal('not_signed_in');
  return who;
}
