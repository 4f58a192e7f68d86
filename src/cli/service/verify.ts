/** Calls Verify's Services API with the account from the environment. */
import * as v from 'valibot';
import { sidOf } from '../../contract/identifier.ts';
import { ErrorAnswer } from '../../contract/rejection.ts';
import { optional, text } from '../../contract/wire.ts';
import { isLoopback } from '../loopback.ts';
import type { PrintableIssue } from '../print.ts';
import { fetchJson, NoAnswer } from './fetch-json.ts';
import { findFix } from './fix.ts';
import { ServiceAnswer } from './issues.ts';

const verify = 'https://verify.twilio.com';

/** An account: its name and secret for Basic auth in base64, and the address that is called with them. */
export type Account = { basic: string; address: string };

/**
 * The credentials from the environment only, and the address from `--base` or the environment. Throws if a variable is
 * missing or malformed.
 */
export function readAccount(environment: NodeJS.ProcessEnv, base?: string): Account {
  const isKey = environment.TWILIO_API_KEY || environment.TWILIO_API_KEY_SECRET;
  const [user, password, letters] = isKey
    ? (['TWILIO_API_KEY', 'TWILIO_API_KEY_SECRET', 'SK'] as const)
    : (['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'AC'] as const);
  const other = isKey ? '' : ' (or TWILIO_API_KEY and TWILIO_API_KEY_SECRET)';
  const demandVariable = (variable: string) => {
    const value = environment[variable];
    if (!value) throw new Error(`set ${variable} in the environment${other}`);
    return value;
  };
  const name = demandVariable(user);
  const secret = demandVariable(password);
  if (!sidOf(letters).test(name)) {
    throw new Error(`expected ${user} in the environment to be ${letters} and 32 hex digits`);
  }
  const address = readAddress(base ?? environment.VERIFY_BASE);
  return { basic: Buffer.from(`${name}:${secret}`).toString('base64'), address };
}

/** Verify, or an emulator on this machine for a rehearsal. The secret goes to no other machine. */
function readAddress(base = ''): string {
  if (base === '') return verify;
  const url = URL.canParse(base) ? new URL(base) : undefined;
  const isHere = url?.protocol === 'http:' && isLoopback(url.hostname);
  if (isHere && url.href === `${url.origin}/`) return url.origin;
  throw new Error(
    `expected --base or VERIFY_BASE with the address of an emulator on this machine, such as http://127.0.0.1:8787, got "${base}"`,
  );
}

export function readServiceSid({ TWILIO_VERIFY_SERVICE_SID: sid }: NodeJS.ProcessEnv): string {
  if (!sid) throw new Error('set TWILIO_VERIFY_SERVICE_SID in the environment');
  if (sidOf('VA').test(sid)) return sid;
  throw new Error('expected TWILIO_VERIFY_SERVICE_SID in the environment to be VA and 32 hex digits');
}

/** The Service, or the issue with which Verify refused the call. */
export type ServiceResult = { service: ServiceAnswer } | { issue: PrintableIssue };

/** Reads a Service, or creates or updates one if there is a form. The call is never repeated. */
export async function callServices(
  account: Account,
  path: string,
  form?: URLSearchParams,
): Promise<ServiceResult> {
  const result = await call(account, path, ServiceAnswer, 'a Service', form);
  return 'issue' in result ? result : { service: result.answer };
}

/** A page of the account's Services. */
const ServicePage = v.object({
  services: v.array(ServiceAnswer),
  meta: optional(v.object({ next_page_url: optional(text) })),
});

/** Far more pages than an account can fill. The limit stops a list that never ends. */
const maxPages = 100;

/** Reads the Services of the account from every page of the list, or the issue with which Verify refused a page. */
export async function readServices(
  account: Account,
): Promise<{ services: ServiceAnswer[] } | { issue: PrintableIssue }> {
  const services: ServiceAnswer[] = [];
  let search: string | undefined = '?PageSize=100';
  for (let page = 0; page < maxPages; page++) {
    const result = await call(account, search, ServicePage, 'a list of Services').catch((error: unknown) => {
      if (!(error instanceof NoAnswer) || page === 0) throw error;
      throw new NoAnswer(`${error.message}, after ${services.length} Services: the list is not whole`);
    });
    if ('issue' in result) return result;
    services.push(...result.answer.services);
    const next = result.answer.meta?.next_page_url;
    if (next === undefined) return { services };
    search = demandNextPage(account, next);
  }
  throw new NoAnswer(`Verify's list of Services has more than ${maxPages} pages`);
}

/** The search of the next page's address, which must be one of Verify's: the secret goes nowhere else. */
function demandNextPage({ address }: Account, next: string): string {
  const { origin, pathname, search } = URL.canParse(next, address) ? new URL(next, address) : new URL('a:');
  if ((origin === address || origin === verify) && pathname === '/v2/Services') return search;
  throw new NoAnswer(`Verify names a next page of the list that is not its own: "${next}"`);
}

/** Makes one call under `Services`, and reads what is expected of the answer. */
async function call<T>(
  { basic, address }: Account,
  path: string,
  schema: v.GenericSchema<unknown, T>,
  expected: string,
  form?: URLSearchParams,
): Promise<{ answer: T } | { issue: PrintableIssue }> {
  const { status, body } = await fetchJson(`${address}/v2/Services${path}`, {
    method: form ? 'POST' : 'GET',
    headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
    body: form ?? null,
  });
  if (status >= 200 && status < 300) {
    const answer = v.safeParse(schema, body);
    if (answer.success) return { answer: answer.output };
    throw new NoAnswer(`Verify answered ${status} with something other than ${expected}`);
  }
  const error = v.safeParse(ErrorAnswer, body);
  const code = error.success && typeof error.output.code === 'number' ? error.output.code : undefined;
  const fix = findFix(status, code);
  const bare = `Verify answered ${status} without one of its codes`;
  if (!fix) throw new NoAnswer(bare);
  const message = error.success && code !== undefined ? `Verify says: ${error.output.message}` : `${bare}.`;
  return { issue: { path: 'service', code: code ?? 'misconfigured', message, fix } };
}
