/** Calls Verify's Services API with the account from the environment. */
import * as v from 'valibot';
import { sidOf } from '../../contract/identifier.ts';
import { ErrorAnswer } from '../../contract/rejection.ts';
import { isLoopback } from '../loopback.ts';
import type { PrintableIssue } from '../print.ts';
import { fetchJson, NoAnswer } from './fetch-json.ts';
import { findFix } from './fix.ts';
import { ServiceAnswer } from './issues.ts';

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
  if (base === '') return 'https://verify.twilio.com';
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
  { basic, address }: Account,
  path: string,
  form?: URLSearchParams,
): Promise<ServiceResult> {
  const { status, body } = await fetchJson(`${address}/v2/Services${path}`, {
    method: form ? 'POST' : 'GET',
    headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
    body: form ?? null,
  });
  if (status >= 200 && status < 300) {
    const service = v.safeParse(ServiceAnswer, body);
    if (service.success) return { service: service.output };
    throw new NoAnswer(`Verify answered ${status} with something other than a Service`);
  }
  const error = v.safeParse(ErrorAnswer, body);
  const code = error.success && typeof error.output.code === 'number' ? error.output.code : undefined;
  const fix = findFix(status, code);
  const bare = `Verify answered ${status} without one of its codes`;
  if (!fix) throw new NoAnswer(bare);
  const message = error.success && code !== undefined ? `Verify says: ${error.output.message}` : `${bare}.`;
  return { issue: { path: 'service', code: code ?? 'misconfigured', message, fix } };
}
