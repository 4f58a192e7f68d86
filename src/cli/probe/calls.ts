/** Makes the calls of a probe: keeps each answer, ends the asking at a fault, and notes what stands in the Service. */
import { accountFaults } from '../../contract/account-fault.ts';
import { isObject } from '../../contract/json.ts';
import { fetchJson } from '../service/fetch-json.ts';
import { faultFixes } from '../service/fix.ts';
import { friendlyName, model, placeholders } from './ours.ts';
import { createRedactor } from './redact.ts';
import type { Wish } from './software-authenticator.ts';
import type { Call } from './transcript.ts';

export const maxCalls = 60;

/** Where the probe asks, and as whom. */
export type Target = {
  /** The address of the Service: https://verify.twilio.com/v2/Services/VA… */
  service: string;
  /** Basic auth: base64 of name and secret. */
  account: string;
  /** An origin of the Service's relying party, and the relying party's id. */
  origin: string;
  rpId: string;
  /** What else a transcript must not hold, each with what stands for it. */
  secrets: readonly (readonly [value: string, placeholder: string])[];
  /** Whether to wait the five minutes until a Challenge has expired. */
  expired: boolean;
  /** Stops the probe: it then removes what it made. */
  signal: AbortSignal;
  /** Told before each call, with its number. */
  onCall(step: string, count: number): void;
};

/** Ends the asking. */
export class Stop extends Error {
  readonly isRefusal: boolean;

  constructor(message: string, isRefusal = false) {
    super(message);
    this.isRefusal = isRefusal;
  }
}

type Answer = { status: number; body: unknown; headers: Headers };

export type Calls = {
  /** Every answer so far, without anything that names somebody. */
  kept: Call[];
  /** The user that the probe makes passkeys for. */
  identity: string;
  /** What the software authenticator signs for the Service's own page. */
  page: Wish;
  /** From now on this value stands in the kept answers as its placeholder. */
  know(value: string, placeholder: string): void;
  /** Makes one call, and keeps its answer under the name of the step. Undefined if there is no call left for it. */
  call(step: string, method: string, path: string, body?: unknown): Promise<Answer | undefined>;
  /** Posts a new Factor. Whatever the answer, its Entity may exist from now on. */
  beginFactor(step: string, fields?: object, of?: string): Promise<Answer | undefined>;
  /** The identities whose Entity may exist, each with the Factors that are known. */
  made: Map<string, Set<string>>;
  /** Deletes a resource, and keeps nothing of the answer. Undefined if the probe has made all its calls. */
  remove(path: string): Promise<Answer | undefined>;
};

export function createCalls(target: Target): Calls {
  const kept: Call[] = [];
  const redactor = createRedactor();
  for (const own of [friendlyName, `${friendlyName} 2`, model]) redactor.know(own, own);
  for (const [value, placeholder] of target.secrets) redactor.know(value, placeholder);
  redactor.know(target.rpId, placeholders.rpId);
  redactor.know(target.origin, placeholders.origin);
  const identity = `probe-${crypto.randomUUID()}`;
  redactor.know(identity, placeholders.identity);
  const made: Calls['made'] = new Map();
  // The caller has read the Service.
  let count = 1;
  let failures = 0;

  async function send(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
    count++;
    const isForm = body instanceof URLSearchParams;
    return fetchJson(`${target.service}${path}`, {
      method,
      headers: {
        authorization: `Basic ${target.account}`,
        accept: 'application/json',
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : isForm ? body : JSON.stringify(body),
      ...(signal && { signal }),
    });
  }

  /** The calls that removing everything can take: one for each Entity, and one for each Factor if that fails. */
  const reserve = () => [...made.values()].reduce((sum, factors) => sum + 1 + factors.size, 0);

  async function call(
    step: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer | undefined> {
    const isRemoval = step.startsWith('delete-');
    if (count + (isRemoval ? 1 : reserve() + 1) > maxCalls) return undefined;
    target.signal.throwIfAborted();
    target.onCall(step, count + 1);
    const started = performance.now();
    const answer = await send(method, path, body, target.signal);
    const took = Math.round(performance.now() - started);
    const headers = ['twilio-request-id', 'retry-after', 'content-type'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, redactor.header(value)] as const];
    });
    kept.push({
      step,
      method,
      path: redactor.path(path),
      status: answer.status,
      headers: Object.fromEntries(headers),
      body: redactor.body(answer.body ?? null),
      took,
    });
    demandGoingOn(step, answer);
    return answer;
  }

  /** Ends the asking at a fault of the account, at a limit, and if Verify is down. */
  function demandGoingOn(step: string, { status, body, headers }: Answer): void {
    const code = isObject(body) && typeof body.code === 'number' ? body.code : undefined;
    failures = status >= 500 ? failures + 1 : 0;
    const fault = (code !== undefined && accountFaults[code]) || (status === 401 && 'credentials');
    // The first call shows a fault of the Service. Later ones are wrong on purpose, and may be answered with the same.
    const isServices = fault === 'service_sid' || fault === 'settings';
    if (fault && (step === 'factor' || !isServices)) {
      throw new Stop(`Verify answered ${code ?? status}: ${faultFixes[fault]}`, true);
    }
    if (status === 429) {
      const seconds = headers.get('retry-after') ?? '';
      const after = /^\d{1,5}$/.test(seconds) ? ` Ask again in ${seconds} seconds.` : '';
      throw new Stop(`Verify limits the calls of this account (429${code ? ` with ${code}` : ''}).${after}`);
    }
    if (code === 20500 && step === 'factor') {
      throw new Stop(
        'Verify answered 20500: most likely the account is not in the private beta of Verify Passkeys.',
        true,
      );
    }
    if (failures > 1) throw new Stop(`Verify failed twice in a row (${status}).`);
  }

  async function beginFactor(step: string, fields: object = {}, of = identity): Promise<Answer | undefined> {
    const isNew = !made.has(of);
    const factors = made.get(of) ?? new Set();
    made.set(of, factors);
    const answer = await call(step, 'POST', '/Passkeys/Factors', {
      identity: of,
      friendly_name: friendlyName,
      ...fields,
    });
    const sid = isObject(answer?.body) ? answer.body.sid : undefined;
    if (typeof sid === 'string' && answer && answer.status < 300) factors.add(sid);
    // Nothing was sent, or Verify refused: then there is no Entity.
    else if (isNew && (!answer || (answer.status >= 400 && answer.status < 500))) made.delete(of);
    return answer;
  }

  return {
    kept,
    identity,
    page: { origin: target.origin, rpId: target.rpId, aaguid: model },
    know: (value, placeholder) => redactor.know(value, placeholder),
    call,
    beginFactor,
    made,
    remove: async (path) => (count < maxCalls ? send('DELETE', path, undefined) : undefined),
  };
}
