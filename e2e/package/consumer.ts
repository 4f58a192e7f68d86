/** Shows what the types allow and refuse in a user's program. It is compiled against the packed package, never run. */
import {
  type Challenge,
  checkRegistration,
  createCredential,
  createPasskeys,
  type Factor,
  type Issue,
  isPasskeyError,
  PasskeyError,
  type PasskeyErrorCode,
  type Rejection,
} from 'verify-passkeys';
import { createEmulator } from 'verify-passkeys/emulator';
import { createRelay } from 'verify-passkeys/relay';

const passkeys = createPasskeys({ baseUrl: '/passkeys', headers: async () => ({ 'x-csrf': 'token' }) });

/** The switch has every code, so that it does not compile after a new code is added. */
export function tell(code: PasskeyErrorCode): string {
  switch (code) {
    case 'unsupported':
    case 'insecure_context':
    case 'not_permitted':
    case 'aborted':
    case 'cancelled':
    case 'timed_out':
    case 'already_registered':
    case 'no_credential':
    case 'wrong_relying_party':
    case 'authenticator_failed':
    case 'invalid_options':
    case 'invalid_credential':
    case 'not_signed_in':
    case 'rejected':
    case 'rate_limited':
    case 'unreachable':
    case 'invalid_response':
      return code;
    default:
      return code satisfies never;
  }
}

export async function use(): Promise<[Factor, Challenge, Factor | null, Issue[]]> {
  const factor = await passkeys.register({ friendlyName: 'Laptop', signal: AbortSignal.timeout(1) });
  factor.status satisfies 'verified';
  const challenge = await passkeys.authenticate({ immediate: true });
  challenge.status satisfies 'approved';
  const prepared = await passkeys.prepareAuthenticate();
  (await prepared.run()) satisfies Challenge;
  const { response } = await createCredential({}, { mediation: 'conditional' });
  response.clientDataJSON satisfies string;
  await passkeys.remove(factor.sid);
  return [
    factor,
    challenge,
    await passkeys.upgrade(),
    checkRegistration({}, { origin: 'https://example.com' }),
  ];
}

/** Once the code is known, so are the details: none of them needs a `!`. */
export function detail(error: unknown): string | number | undefined {
  if (!isPasskeyError(error)) return error instanceof PasskeyError ? error.code : undefined;
  error satisfies Error;
  switch (error.code) {
    case 'rejected':
    case 'not_signed_in':
      error.rejection satisfies Rejection;
      return error.rejection.code;
    case 'rate_limited':
      return error.retryAfter * 1000;
    case 'invalid_options':
    case 'invalid_credential':
      error.issues satisfies Issue[];
      return error.issues[0]?.fix;
    default:
      // Any other error may have one too.
      return error.rejection?.moreInfo ?? error.retryAfter ?? error.issues?.[0]?.code;
  }
}

export function narrow(error: unknown): number {
  if (error instanceof PasskeyError && error.code === 'rejected') return error.rejection.status;
  // @ts-expect-error a user who cancels says nothing of a time to wait
  if (isPasskeyError(error) && error.code === 'cancelled') return error.retryAfter;
  return 0;
}

// A page's test makes any error, with or without its details, and gets the details of its code.
const anyCode: PasskeyErrorCode = 'rejected';
new PasskeyError(anyCode, 'a test') satisfies PasskeyError;
new PasskeyError('rate_limited', 'a test', { retryAfter: undefined }).retryAfter satisfies number;
passkeys.autofill({ onFailure: (error) => detail(error satisfies PasskeyError) });
// @ts-expect-error there is no such code
new PasskeyError('refused', 'a test');

const relay = createRelay({
  serviceSid: 'VA',
  apiKey: 'SK',
  apiKeySecret: 'secret',
  cookieSecret: ['new', 'old'],
  identify: () => null,
  onApproved: ({ identity, credentialId }) => ({ 'set-cookie': `${identity}${credentialId}` }),
});
relay satisfies (request: Request) => Promise<Response>;

const emulator = createEmulator({
  serviceSid: 'VA',
  accountSid: 'AC',
  authToken: 'token',
  relyingParty: { id: 'localhost', name: 'Test', origins: ['http://localhost:5173'] },
});
// emulator.fetch replaces fetch. As a request handler it would read a platform's second argument as init.
emulator.fetch satisfies typeof fetch;

// @ts-expect-error baseUrl is required
createPasskeys({});
// @ts-expect-error there is no such option
createPasskeys({ baseUrl: '/', retries: 3 });
// @ts-expect-error a Factor is verified, never pending
export const pending: Factor = { sid: 'YF', status: 'unverified' };
// @ts-expect-error immediate is an option of sign-in only
passkeys.register({ immediate: true });
// @ts-expect-error only the relay takes the account's secret
createPasskeys({ baseUrl: '/', authToken: 'token' });
// @ts-expect-error neither the account's token nor an API key
createRelay({
  serviceSid: 'VA',
  accountSid: 'AC',
  apiKeySecret: 's',
  cookieSecret: 'c',
  identify: () => null,
});
// @ts-expect-error identify is required
createRelay({ serviceSid: 'VA', accountSid: 'AC', authToken: 't', cookieSecret: 'c' });
