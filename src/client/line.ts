/** The line of each ceremony: begin, ask, check, send and read, each once and in this order. */
import { completed } from '../contract/attachment.ts';
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import type { AuthenticationCredential } from '../contract/credential.ts';
import type { CreationOptions, OptionsOf, RequestOptions } from '../contract/options.ts';
import type { Challenge, Factor } from './answer.ts';
import type { ExtensionResults, UnsentMembers } from './credential.ts';
import { isPasskeyError } from './error.ts';
import type { RunStation } from './event.ts';
import type { Load } from './load.ts';
import { demandNickname } from './nickname.ts';
import type { AuthenticateInput, RegisterInput } from './passkeys.ts';
import { tellBrowser } from './signal.ts';
import type * as Stations from './stations.ts';
import type { Send } from './transport.ts';
import { takeTurn } from './turn.ts';

/** What the first station ends with: the options, and the code of the other stations. */
export type Beginning<C extends Ceremony> = { options: OptionsOf<C>; stations: typeof Stations };

/** How a passkey is made. With a `beginning`, the first station has passed already. */
type Registration = {
  runStation: RunStation;
  input: RegisterInput;
  beginning?: Beginning<'register'> | undefined;
  mediation?: 'conditional';
};

/** How somebody signs in. With a `beginning`, the first station has passed already. */
type Authentication = {
  runStation: RunStation;
  input: AuthenticateInput;
  beginning?: Beginning<'authenticate'> | undefined;
  /** Whether the input asks for it and the browser can do it. */
  immediate: boolean;
};

/** A sign-in that the browser has answered. */
type SignedChallenge = Beginning<'authenticate'> & {
  runStation: RunStation;
  signal: AbortSignal | undefined;
  credential: AuthenticationCredential & UnsentMembers;
};

export function createLine(send: Send, load: Load) {
  async function begin<C extends Ceremony>(
    ceremony: C,
    json: object,
    signal: AbortSignal | undefined,
  ): Promise<Beginning<C>> {
    const [answer, loaded] = await Promise.all([
      send({ route: ceremonies[ceremony].begin, json }, signal),
      load(() => import('./stations.ts'), signal),
    ]);
    return { options: loaded.demandOptions(ceremony, answer), stations: loaded };
  }

  const beginRegistration = async ({ friendlyName }: RegisterInput, signal: AbortSignal | undefined) => {
    const friendly_name = friendlyName && demandNickname(friendlyName);
    return begin('register', friendly_name ? { friendly_name } : {}, signal);
  };

  const beginAuthentication = (signal: AbortSignal | undefined) => begin('authenticate', {}, signal);

  /** Makes a passkey: its credential goes from the browser through the check to VerifyFactor, and nowhere else. */
  const register = ({ runStation, input, beginning, mediation }: Registration): Promise<Factor> =>
    takeTurn('register', input.signal, async (turn) => {
      const { options, stations } =
        beginning ?? (await runStation('begin', () => beginRegistration(input, turn)));
      const credential = await runStation('ask', () =>
        stations.create(choose(options, input), { signal: turn, mediation }),
      );
      const { challenge, rp } = options;
      const expected = { ...stations.expectedOf(credential, challenge, rp.id), mediation };
      try {
        await runStation('check', () => stations.check(load, 'register', credential, expected));
        const answer = await runStation('send', () =>
          send({ route: 'VerifyFactor', json: credential, query: queryOf(credential) }, input.signal).catch(
            stations.explainRejected(load, 'register', expected),
          ),
        );
        const factor = await runStation('read', () => stations.readFactor(answer));
        return { ...factor, ...resultsOf(credential) };
      } catch (error) {
        if (stations.isRefused(error))
          await tellBrowser(({ signalUnknown }) => signalUnknown(rp.id, credential.id));
        throw error;
      }
    });

  /** Signs somebody in. The last three stations are those of `approve`. */
  const authenticate = ({ runStation, input, beginning, immediate }: Authentication): Promise<Challenge> =>
    takeTurn('authenticate', input.signal, async (turn) => {
      const { options, stations } = beginning ?? (await runStation('begin', () => beginAuthentication(turn)));
      const credential = await runStation('ask', () =>
        stations.get(choose(options, input), { signal: turn, immediate }),
      );
      return approve({ runStation, signal: input.signal, options, stations, credential });
    });

  /** Checks a sign-in's credential, sends it to ApproveChallenge and reads who signed in. Autofill ends here too. */
  async function approve({
    runStation,
    signal,
    options: { challenge, rpId },
    stations,
    credential,
  }: SignedChallenge): Promise<Challenge> {
    const expected = stations.expectedOf(credential, challenge, rpId);
    try {
      await runStation('check', () => stations.check(load, 'authenticate', credential, expected));
      const answer = await runStation('send', () =>
        send({ route: 'ApproveChallenge', json: credential, query: queryOf(credential) }, signal).catch(
          stations.explainRejected(load, 'authenticate', expected),
        ),
      );
      const { challenge: approved, names } = await runStation('read', () => stations.readApproval(answer));
      if (names.user_name)
        await tellBrowser(({ signalNames }) => signalNames(rpId, approved.entitySid, names));
      return { ...approved, authenticatorAttachment: credential.saidAttachment, ...resultsOf(credential) };
    } catch (error) {
      // Only Verify's own refusal counts. The relay may not know a good passkey, and the user would lose it.
      if (isPasskeyError(error) && error.rejection?.code === 60390) {
        await tellBrowser(({ signalNotFound }) => signalNotFound(rpId, credential.id));
      }
      throw error;
    }
  }

  return { beginRegistration, beginAuthentication, register, authenticate, approve };
}

const resultsOf = ({ clientExtensionResults }: ExtensionResults): ExtensionResults =>
  clientExtensionResults ? { clientExtensionResults } : {};

/** Tells the relay that the credential's attachment is the page's, if the browser said none. */
const queryOf = ({ saidAttachment }: UnsentMembers): Record<string, string> =>
  saidAttachment ? {} : { [completed.name]: completed.value };

type Choice = Pick<RegisterInput, 'extensions' | 'authenticatorAttachment'> & {
  hints?: string[] | undefined;
};

/** The options, with the page's choices in place of the Service's. */
function choose<T extends CreationOptions | RequestOptions>(
  options: T,
  { hints = options.hints, extensions = options.extensions, authenticatorAttachment }: Choice,
): T {
  const chosen = { ...options, hints, extensions };
  if (!authenticatorAttachment) return chosen;
  const selection = 'authenticatorSelection' in options ? options.authenticatorSelection : undefined;
  return { ...chosen, authenticatorSelection: { ...selection, authenticatorAttachment } };
}
