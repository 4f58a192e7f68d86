/** Autofill's ask: a conditional get whose options are renewed for as long as somebody may pick a passkey. */
import type { AuthenticationCredential } from '../contract/credential.ts';
import type { RequestOptions } from '../contract/options.ts';
import { ceremony } from '../contract/route.ts';
import { get } from './ceremony.ts';
import { isPasskeyError } from './error.ts';
import { demandRunning, follow, race, takeFreeTurn } from './turn.ts';

type Begin = (signal: AbortSignal | undefined) => Promise<RequestOptions>;

/** The shares of the options' time after which they are renewed, and after which what failed is tried again. */
const renewal = 0.8;
const retry = 0.05;

/**
 * Waits behind `<input autocomplete="username webauthn">` for a pick, and gives it with the options that it answers.
 * https://www.w3.org/TR/webauthn-3/#dom-publickeycredential-isconditionalmediationavailable
 */
export async function waitForPick(
  begin: Begin,
  signal: AbortSignal | undefined,
): Promise<{ credential: AuthenticationCredential; options: RequestOptions }> {
  let options = await begin(signal);
  let due = performance.now() + renewal * lifetime(options);
  return takeFreeTurn(signal, async (turn) => {
    for (;;) {
      const { controller: round, leave } = follow(turn);
      let renewed: RequestOptions | undefined;
      renew(begin, options, due, round.signal).then(
        (newer) => {
          renewed = newer;
          round.abort();
        },
        // Only the end of this round ends a renewal.
        () => {},
      );
      try {
        return { credential: await get(options, round.signal, { mediation: 'conditional' }), options };
      } catch (error) {
        demandRunning(turn);
        if (renewed) {
          options = renewed;
          due = performance.now() + renewal * lifetime(options);
        } else if (isPasskeyError(error) && error.code === 'cancelled') {
          // Somebody closed what a pick had opened: the field goes on offering passkeys.
          await sleep(retry * lifetime(options), turn);
        } else throw error;
      } finally {
        leave();
        round.abort();
      }
    }
  });
}

const lifetime = ({ timeout }: RequestOptions) => timeout ?? ceremony.authenticate.lifetime;

/** New options once the old ones are due and somebody can see the page; a relay out of reach is tried again. */
async function renew(
  begin: Begin,
  options: RequestOptions,
  due: number,
  signal: AbortSignal,
): Promise<RequestOptions> {
  await sleep(due - performance.now(), signal);
  for (;;) {
    await seen(signal);
    try {
      return await begin(signal);
    } catch {
      demandRunning(signal);
      await sleep(retry * lifetime(options), signal);
    }
  }
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const woken = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await race(woken, signal).finally(() => clearTimeout(timer));
}

async function seen(signal: AbortSignal): Promise<void> {
  const listening = new AbortController();
  const visible = new Promise<void>((resolve) => {
    const look = () => document.visibilityState === 'visible' && resolve();
    document.addEventListener('visibilitychange', look, listening);
    look();
  });
  await race(visible, signal).finally(() => listening.abort());
}
