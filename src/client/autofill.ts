/** Autofill's ask station: a conditional get whose options are renewed until somebody picks a passkey. */
import type { AuthenticationCredential } from '../contract/credential.ts';
import { demandRunning, follow, race } from './abort.ts';
import type { ExtensionResults } from './credential.ts';
import { isPasskeyError } from './error.ts';
import type { RunStation } from './event.ts';
import { dueOf, lifetime, longestTimer } from './lifetime.ts';
import type { Beginning } from './line.ts';
import { takeFreeTurn } from './turn.ts';

type SignIn = Beginning<'authenticate'>;
type Begin = (signal: AbortSignal | undefined) => Promise<SignIn>;
type PickedPasskey = SignIn & { credential: AuthenticationCredential & ExtensionResults };

/** A renewal that failed is tried again after this share of the options' lifetime. */
const retry = 0.05;

/** Milliseconds between two offers. While offers end at once, the pause doubles, up to the longest. */
const pause = { shortest: 1000, longest: 60_000 };

/** Milliseconds between two looks at the clock. */
const look = 15_000;

/**
 * Waits until somebody picks a passkey in `<input autocomplete="username webauthn">`. Returns the credential, and the
 * options that it answers.
 * https://www.w3.org/TR/webauthn-3/#dom-publickeycredential-isconditionalmediationavailable
 */
export async function waitForPick(
  runStation: RunStation,
  begin: Begin,
  signal: AbortSignal | undefined,
): Promise<PickedPasskey> {
  const first = await runStation('begin', () => begin(signal));
  remindOfField();
  return runStation('ask', () => offer(begin, first, signal));
}

async function offer(begin: Begin, first: SignIn, signal: AbortSignal | undefined): Promise<PickedPasskey> {
  let offered = first;
  let due = dueOf('authenticate', offered.options);
  let wait = pause.shortest;
  return takeFreeTurn(signal, async (turn) => {
    for (;;) {
      const { controller: round, leave } = follow(turn);
      let renewed: SignIn | undefined;
      renew(begin, offered.options, due, round.signal).then(
        (newer) => {
          renewed = newer;
          round.abort();
        },
        // A renewal fails only when this round ends.
        () => {},
      );
      const began = performance.now();
      try {
        // This wait has no timeout, since its options are renewed.
        const { options, stations } = offered;
        const asked = { signal: round.signal, mediation: 'conditional', timeout: Infinity } as const;
        return { ...offered, credential: await stations.get(options, asked) };
      } catch (error) {
        demandRunning(turn);
        if (!renewed) {
          // The field goes on offering passkeys where the user picked one but closed its prompt, or the browser gave
          // up. A locked password manager answers without a credential, and may be unlocked while the page is hidden.
          const code = isPasskeyError(error) && error.code;
          if (code !== 'cancelled' && code !== 'no_credential') throw error;
          const isAtOnce = performance.now() - began < wait;
          const resting = code === 'cancelled' ? sleep(wait, round.signal) : rest(wait, round.signal);
          await resting.catch(() => demandRunning(turn));
          wait = isAtOnce ? Math.min(2 * wait, pause.longest) : pause.shortest;
        }
        if (renewed) {
          offered = renewed;
          due = dueOf('authenticate', offered.options);
        }
      } finally {
        leave();
        round.abort();
      }
    }
  });
}

/** Tells the developer once why nothing is offered. Bundlers leave this out of production builds. */
function remindOfField(): void {
  try {
    if (process.env.NODE_ENV !== 'production' && !isReminded && !document.querySelector(field)) {
      isReminded = true;
      console.info(
        'verify-passkeys: autofill() waits for a field, and this page has none yet: add <input autocomplete="username webauthn">.',
      );
    }
  } catch {
    // Without a bundler there is no `process`, so nothing says whether this is development.
  }
}

let isReminded = false;
const field = '[autocomplete~="webauthn" i]';
declare const process: { env: { NODE_ENV?: string } };

/** Fetches new options once the old ones are due and the page is visible. Tries again after a failure. */
async function renew(
  begin: Begin,
  options: SignIn['options'],
  due: number,
  signal: AbortSignal,
): Promise<SignIn> {
  await fallDue(due, signal);
  for (;;) {
    await happen(document, 'visibilitychange', isSeen, signal);
    try {
      return await begin(signal);
    } catch (error) {
      demandRunning(signal);
      const { retryAfter = 0 } = isPasskeyError(error) ? error : {};
      await sleep(Math.max(retry * lifetime('authenticate', options), retryAfter * 1000), signal);
    }
  }
}

/**
 * Waits until the options are due. Looks at the clock often, since timers stop while the device sleeps. A page that
 * comes back from the back/forward cache has lost its pending get, so its options are due at once.
 * https://developer.mozilla.org/docs/Web/API/Window/pageshow_event
 */
async function fallDue(due: number, signal: AbortSignal): Promise<void> {
  const { controller: waiting, leave } = follow(signal);
  // Only pageshow calls it with an event.
  const isBack = (event?: Event) => (event as PageTransitionEvent | undefined)?.persisted === true;
  const pass = async () => {
    while (Date.now() < due) await sleep(Math.min(due - Date.now(), look), waiting.signal);
  };
  await Promise.race([pass(), happen(globalThis, 'pageshow', isBack, waiting.signal)]).finally(() => {
    leave();
    waiting.abort();
  });
}

/** Waits for this time, or until the page becomes visible again. */
async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { controller: waiting, leave } = follow(signal);
  const isShown = (event?: Event) => event !== undefined && isSeen();
  await Promise.race([
    sleep(milliseconds, waiting.signal),
    happen(document, 'visibilitychange', isShown, waiting.signal),
  ]).finally(() => {
    leave();
    waiting.abort();
  });
}

const isSeen = () => document.visibilityState === 'visible';

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const woken = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, longestTimer));
  });
  await race(woken, signal).finally(() => clearTimeout(timer));
}

/** Waits until `holds` gives true. `holds` is called now and at each event. */
async function happen(
  target: EventTarget,
  name: string,
  holds: (event?: Event) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const listening = new AbortController();
  const happened = new Promise<void>((resolve) => {
    const test = (event?: Event) => holds(event) && resolve();
    target.addEventListener(name, test, listening);
    test();
  });
  await race(happened, signal).finally(() => listening.abort());
}
