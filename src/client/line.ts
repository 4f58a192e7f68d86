/** The line of each ceremony: begin, ask, check, send and read, each once and in this order. */
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import type { AuthenticationCredential } from '../contract/credential.ts';
import type { CreationOptions, OptionsOf, RequestOptions } from '../contract/options.ts';
import type { Challenge, Factor } from './answer.ts';
import { create, get } from './ceremony.ts';
import type { ExtensionResults } from './credential.ts';
import type { Pass } from './event.ts';
import type { Load } from './load.ts';
import type { AuthenticateInput, RegisterInput } from './passkeys.ts';
import type { Send } from './transport.ts';
import { takeTurn } from './turn.ts';

export function createLine(send: Send, load: Load) {
  const finish = () => import('./finish.ts');

  /** Fetches the options and loads the later stations meanwhile: nothing may be missing once the user has answered. */
  const begin = async <S extends Ceremony>(
    ceremony: S,
    json: object,
    signal: AbortSignal | undefined,
  ): Promise<OptionsOf<S>> => {
    const late = async () => {
      const part = await finish();
      await part.loadJudge(ceremony);
      return part;
    };
    const [answer, { demandOptions }] = await Promise.all([
      send({ route: ceremonies[ceremony].begin, json }, signal),
      load(late, signal),
    ]);
    return demandOptions(ceremony, answer);
  };

  const line = {
    begin,

    beginRegister: (pass: Pass, { friendlyName }: RegisterInput, signal: AbortSignal | undefined) =>
      pass('begin', () => begin('register', friendlyName ? { friendly_name: friendlyName } : {}, signal)),

    beginAuthenticate: (pass: Pass, signal: AbortSignal | undefined) =>
      pass('begin', () => begin('authenticate', {}, signal)),

    register: (
      pass: Pass,
      input: RegisterInput,
      begun?: CreationOptions,
      mediation?: 'conditional',
    ): Promise<Factor> =>
      takeTurn('register', input.signal, async (turn) => {
        const options = begun ?? (await line.beginRegister(pass, input, turn));
        const credential = await pass('ask', () => create(choose(options, input), turn, mediation));
        const { finishRegistration } = await load(finish);
        const tools = { pass, send, load, signal: input.signal };
        return finishRegistration(tools, options, credential, mediation);
      }),

    authenticate: (
      pass: Pass,
      input: AuthenticateInput,
      immediate: boolean,
      begun?: RequestOptions,
    ): Promise<Challenge> =>
      takeTurn('authenticate', input.signal, async (turn) => {
        const options = begun ?? (await line.beginAuthenticate(pass, turn));
        const credential = await pass('ask', () => get(choose(options, input), turn, { immediate }));
        return line.approve(pass, options, credential, input.signal);
      }),

    async approve(
      pass: Pass,
      options: RequestOptions,
      credential: AuthenticationCredential & ExtensionResults,
      signal: AbortSignal | undefined,
    ): Promise<Challenge> {
      const { finishAuthentication } = await load(finish);
      return finishAuthentication({ pass, send, load, signal }, options, credential);
    },
  };
  return line;
}

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
