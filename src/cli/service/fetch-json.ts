/** Calls a server and reads its JSON, for a limited time and up to a limited size. */
import { parse } from '../../contract/json.ts';
import { maxBytes, readBounded } from '../read-bounded.ts';

/** How long an answer may take, in milliseconds. */
const timeout = 10_000;

/** The server could not be reached, or its answer could not be understood. Printed in one line, without usage. */
export class NoAnswer extends Error {}

/** `body` is undefined if the answer is not JSON. */
export type JsonAnswer = { status: number; headers: Headers; body: unknown };

/** Makes one call, never repeated. Follows no redirect by itself, since that could send the account's secret elsewhere. */
export async function fetchJson(url: string, init: RequestInit): Promise<JsonAnswer> {
  const { host } = new URL(url);
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(timeout), ...(init.signal ? [init.signal] : [])]);
    const response = await fetch(url, { redirect: 'manual', ...init, signal });
    const bytes = await readBounded(response.body ?? (async function* () {})());
    if (!bytes) throw new NoAnswer(`${host} answered with more than ${maxBytes} bytes`);
    return { status: response.status, headers: response.headers, body: parse(bytes.toString('utf8')) };
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    const { name, cause } = error instanceof Error ? error : new Error();
    if (name === 'TimeoutError')
      throw new NoAnswer(`${host} did not answer within ${timeout / 1000} seconds`);
    // Node's fetch names the system's error as the cause.
    const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
    throw new NoAnswer(`${host} could not be reached${reason}`);
  }
}
