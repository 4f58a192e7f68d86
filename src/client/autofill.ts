/**
 * Offers passkeys in the field, and signs in with the one that is picked. A failure that another pick may cure is told,
 * and the field goes on offering. Loaded with the first autofill.
 * https://www.w3.org/TR/webauthn-3/#dom-publickeycredential-isconditionalmediationavailable
 */
import type { AuthenticationCredential } from '../contract/credential.ts';
import { demandRunning, follow } from './abort.ts';
import type { Challenge } from './answer.ts';
import type { UnsentMembers } from './credential.ts';
import type { PasskeyError } from './error.ts';
import type { RunStation } from './event.ts';
import { remindOfField } from './field.ts';
import { dueOf } from './lifetime.ts';
import type { Beginning } from './line.ts';
import { createPause } from './pause.ts';
import { takeFreeTurn } from './turn.ts';
import { waitUntilDue, waitUntilVisible } from './wait.ts';

type Begin = (signal: AbortSignal | undefined) => Promise<Beginning<'authenticate'>>;
type PickedPasskey = Beginning<'authenticate'> & { credential: AuthenticationCredential & UnsentMembers };

type Autofill = {
  runStation: RunStation;
  /** Fetches a Challenge. */
  begin: Begin;
  /** Checks the credential, sends it and reads who signed in. */
  approve: (picked: PickedPasskey) => Promise<Challenge>;
  signal: AbortSignal | undefined;
  onFailure: ((error: PasskeyError) => void) | undefined;
};

/** A Challenge that has not been sent, and when it should be renewed, in milliseconds since 1970. */
type Offer = Beginning<'authenticate'> & { due: number };

export async function signInByAutofill({
  runStation,
  begin,
  approve,
  signal,
  onFailure,
}: Autofill): Promise<Challenge> {
  // The server's pause must not keep a field from offering a Challenge that it still has.
  const pauses = { server: createPause(), browser: createPause() };

  /** Throws what no other pick can cure. Tells of any other failure, and begins the pause after it. */
  const demandCurable = (error: PasskeyError, pause: keyof typeof pauses, tryBegan: number): void => {
    if (isHopeless(error)) throw error;
    pauses[pause].begin(tryBegan, error);
    // If the browser answers without a credential, nobody has picked one: a locked password manager does so.
    if (error.code === 'no_credential') return;
    // An async function, so that neither what onFailure throws nor what it rejects with reaches the ceremony.
    (async () => onFailure?.(error))().catch(() => {});
  };

  /** Fetches a Challenge once the page is visible and the pause is over. Returns undefined if that fails. */
  const tryBegin = async (
    fetchOptions: Begin,
    until: AbortSignal | undefined,
  ): Promise<Offer | undefined> => {
    await pauses.server.wait(until);
    await waitUntilVisible(until);
    const began = performance.now();
    try {
      const beginning = await fetchOptions(until);
      return { ...beginning, due: dueOf('authenticate', beginning.options) };
    } catch (error) {
      demandRunning(until);
      demandCurable(error as PasskeyError, 'server', began); // Every error of a station is one.
      return undefined;
    }
  };

  const renew = async ({ due }: Offer, until: AbortSignal): Promise<Offer> => {
    await waitUntilDue(due, until);
    for (;;) {
      const renewed = await tryBegin(begin, until);
      if (renewed) return renewed;
    }
  };

  let offer: Offer | undefined;

  /** Offers passkeys until one is picked. Nothing is sent meanwhile, so the same Challenge may be offered again. */
  const waitForPick = async (turn: AbortSignal, first: Offer): Promise<PickedPasskey> => {
    let current = first;
    for (;;) {
      const { controller: round, leave } = follow(turn);
      let renewed: Offer | undefined;
      renew(current, round.signal).then(
        (newer) => {
          renewed = newer;
          round.abort();
        },
        (error) => round.abort(error),
      );
      const began = performance.now();
      try {
        // This wait has no timeout, since its options are renewed.
        const asked = { signal: round.signal, mediation: 'conditional', timeout: Infinity } as const;
        return { ...current, credential: await current.stations.get(current.options, asked) };
      } catch (error) {
        demandRunning(turn);
        if (!renewed) {
          demandCurable(error as PasskeyError, 'browser', began); // Every error of a station is one.
          await pauses.browser.wait(round.signal).catch(() => demandRunning(turn));
        }
        if (renewed) {
          current = renewed;
          offer = renewed;
        }
      } finally {
        leave();
        round.abort();
      }
    }
  };

  const fetchReported: Begin = (until) => runStation('begin', () => begin(until));
  offer = await tryBegin(fetchReported, signal);
  remindOfField();
  return takeFreeTurn(signal, async (turn) => {
    for (;;) {
      offer ??= await tryBegin(fetchReported, turn);
      if (!offer) continue;
      const current = offer;
      const began = performance.now();
      const picked = await runStation('ask', () => waitForPick(turn, current));
      // Verify accepts a Challenge once, so this one is never sent again.
      offer = undefined;
      try {
        return await approve(picked);
      } catch (error) {
        demandCurable(error as PasskeyError, 'server', began); // Every error of a station is one.
        demandRunning(turn);
      }
    }
  });
}

/** Whether no other pick can cure it: the browser, the page or the way to the relay is at fault, or the caller ended it. */
const isHopeless = ({ code, rejection }: PasskeyError): boolean =>
  hopeless.has(code) || hopeless.has(`${rejection?.code}`);

const hopeless: ReadonlySet<string> = new Set([
  'unsupported',
  'insecure_context',
  'not_permitted',
  'aborted',
  'wrong_relying_party',
  'invalid_options',
  'not_signed_in',
  'forbidden_origin',
  'not_found',
  'method_not_allowed',
  'body_too_large',
  'not_json',
]);
