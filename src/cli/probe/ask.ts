/** Asks a Service for every assumption, in at most 60 calls, and removes everything that it made. */
import { setTimeout as wait } from 'node:timers/promises';
import { accountFaults } from '../../contract/account-fault.ts';
import { fromText, toBytes } from '../../contract/bytes.ts';
import { isObject } from '../../contract/json.ts';
import { fetchJson, NoAnswer } from '../service/fetch-json.ts';
import { faultFixes } from '../service/fix.ts';
import { optionsOf } from './judge.ts';
import { friendlyName, model, placeholders } from './ours.ts';
import { createRedactor } from './redact.ts';
import { createSoftwareAuthenticator, flag, type Wish } from './software-authenticator.ts';
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

export type ProbeResult = {
  calls: Call[];
  /** Why the probe ended early, in one sentence, or null. `isRefusal`: Verify refused the account or the Service. */
  stopped: { why: string; isRefusal: boolean } | null;
  /** What is left in the Service, as paths under its address, and why it was not removed. */
  left: { path: string; why: string }[];
};

/** Ends the asking. */
class Stop extends Error {
  readonly isRefusal: boolean;

  constructor(message: string, isRefusal = false) {
    super(message);
    this.isRefusal = isRefusal;
  }
}

type Answer = { status: number; body: unknown; headers: Headers };

export async function ask(target: Target): Promise<ProbeResult> {
  const calls: Call[] = [];
  const redactor = createRedactor();
  for (const own of [friendlyName, `${friendlyName} 2`, model]) redactor.know(own, own);
  for (const [value, placeholder] of target.secrets) redactor.know(value, placeholder);
  redactor.know(target.rpId, placeholders.rpId);
  redactor.know(target.origin, placeholders.origin);
  const identity = `probe-${crypto.randomUUID()}`;
  redactor.know(identity, placeholders.identity);
  /** The identities whose Entity may exist, each with the Factors that are known. */
  const made = new Map<string, Set<string>>();
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

  /** Makes one call, and keeps its answer under the name of the step. Undefined if there is no call left for it. */
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
    calls.push({
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

  const challengeOf = (answer: Answer | undefined) =>
    answer && answer.status < 300 ? optionsOf({ body: answer.body }).challenge : undefined;

  const page: Wish = { origin: target.origin, rpId: target.rpId, aaguid: model };

  /** Posts a new Factor. Whatever the answer, its Entity may exist from now on. */
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

  async function askAll(): Promise<void> {
    const main = await createSoftwareAuthenticator();
    redactor.know(main.id, placeholders.credential);
    const begun = await beginFactor('factor');
    const challenge = challengeOf(begun);
    if (!begun || typeof challenge !== 'string') return;
    const credential = main.register(challenge, page);
    const verified = await call('factor-verified', 'POST', '/Passkeys/VerifyFactor', credential);
    if (!verified || verified.status >= 300) return;
    const factorSid = isObject(begun.body) ? String(begun.body.sid) : '';
    const factors = `/Entities/${identity}/Factors`;
    for (const [step, pause] of [
      ['list', 0],
      ['list-2', 500],
      ['list-3', 1000],
      ['list-4', 2000],
    ] as const) {
      if (pause > 0) await wait(pause, undefined, { signal: target.signal });
      const list = await call(step, 'GET', factors);
      if (JSON.stringify(list?.body ?? '').includes(factorSid)) break;
    }
    await call('second-verify', 'POST', '/Passkeys/VerifyFactor', credential);
    const { user } = optionsOf({ body: begun.body });
    const userHandle = isObject(user) ? String(user.id) : undefined;
    await signIn(main, userHandle);
    await call('read', 'GET', `${factors}/${factorSid}`);
    const named = await call('challenge-named', 'POST', '/Passkeys/Challenges', { identity });
    const theirs = challengeOf(named);
    if (typeof theirs === 'string') {
      await call('user-handle-absent', 'POST', '/Passkeys/ApproveChallenge', await main.sign(theirs, page));
    }
    await askVerify();
    await askApprove(main);
    await askNames();
    const form = new URLSearchParams({ FriendlyName: `${friendlyName} 2` });
    await call('rename', 'POST', `${factors}/${factorSid}`, form);
    const deleted = await call('delete-factor', 'DELETE', `${factors}/${factorSid}`);
    if (deleted && deleted.status < 300) {
      made.get(identity)?.delete(factorSid);
      await call('deleted-factor', 'GET', `${factors}/${factorSid}`);
    }
    const gone = await call('delete-entity', 'DELETE', `/Entities/${identity}`);
    if (!gone || gone.status >= 300) return;
    made.delete(identity);
    await call('list-without-entity', 'GET', factors);
  }

  type Authenticator = Awaited<ReturnType<typeof createSoftwareAuthenticator>>;

  /** A sign-in of anybody, and a second approval of it. */
  async function signIn(main: Authenticator, userHandle: string | undefined): Promise<void> {
    const challenge = challengeOf(await call('challenge', 'POST', '/Passkeys/Challenges', {}));
    if (typeof challenge !== 'string') return;
    const assertion = await main.sign(challenge, { ...page, userHandle });
    const approved = await call('approved', 'POST', '/Passkeys/ApproveChallenge', assertion);
    if (approved && approved.status < 300) {
      await call('second-approval', 'POST', '/Passkeys/ApproveChallenge', assertion);
    }
  }

  /** Everything about VerifyFactor. A Factor serves for several refusals, and for one credential that is taken. */
  async function askVerify(): Promise<void> {
    let pending = challengeOf(await beginFactor('factor-next'));
    let spare = 0;

    type Make = (challenge: string) => unknown;
    async function verify(step: string, isTaken: boolean, make: Make, name = friendlyName): Promise<void> {
      if (typeof pending !== 'string') {
        const begin = name === friendlyName ? `factor-${++spare}` : 'friendly-name-bytes';
        pending = challengeOf(await beginFactor(begin, { friendly_name: name }));
      }
      if (typeof pending !== 'string') return;
      const answer = await call(step, 'POST', '/Passkeys/VerifyFactor', await make(pending));
      if (isTaken || !answer || answer.status < 400) pending = undefined;
    }

    const es256 = await createSoftwareAuthenticator();
    const usual = (challenge: string) => es256.register(challenge, page);
    await verify('verify-other-step', false, (challenge) => es256.sign(challenge, page));
    await verify('verify-client-data', false, (challenge) => withoutClientData(usual(challenge)));
    await verify('verify-origin', false, (challenge) =>
      es256.register(challenge, { ...page, origin: foreign }),
    );
    await verify('verify-attachment-null', false, (challenge) => ({
      ...usual(challenge),
      authenticatorAttachment: null,
    }));
    await verify('verify-attachment-missing', false, (challenge) => ({
      ...usual(challenge),
      authenticatorAttachment: undefined,
    }));
    await verify('unknown-transports', false, (challenge) => {
      const { response, ...rest } = usual(challenge);
      return { ...rest, response: { ...response, transports: ['internal', 'telepathy'] } };
    });
    await verify(
      'verify-content-type',
      false,
      (challenge) => new URLSearchParams({ id: usual(challenge).id }),
    );
    const eddsa = await createSoftwareAuthenticator('EdDSA').catch(() => undefined);
    if (eddsa) await verify('eddsa-taken', false, (challenge) => eddsa.register(challenge, page));
    await verify('silent-registration', true, (challenge) =>
      es256.register(challenge, { ...page, flags: flag.attested }),
    );
    const rs256 = await createSoftwareAuthenticator('RS256');
    await verify('rs256-taken', true, (challenge) => rs256.register(challenge, page));
    const touched = await createSoftwareAuthenticator();
    const flags = flag.userPresent | flag.attested;
    if (isPreferred(pendingOptions())) {
      await verify('verify-unverified-user', true, (challenge) =>
        touched.register(challenge, { ...page, flags }),
      );
    }
    const hex = await createSoftwareAuthenticator();
    await verify('raw-id-hex', true, (challenge) => ({
      ...hex.register(challenge, page),
      rawId: [...toBytes(hex.id)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    }));
    const more = await createSoftwareAuthenticator();
    await verify(
      'verify-more-members',
      true,
      (challenge) => ({ ...more.register(challenge, page), clientExtensionResults: {} }),
      'é'.repeat(64),
    );
    await call('unknown-factor', 'POST', '/Passkeys/VerifyFactor', usual(fromText(`YF${'0'.repeat(32)}`)));
  }

  /** Whether the options ask for user verification without requiring it, as the rows say. */
  const isPreferred = (options: Record<string, unknown>) => {
    const { authenticatorSelection: selection, userVerification } = options;
    return (isObject(selection) ? selection.userVerification : userVerification) !== 'required';
  };
  const pendingOptions = () => optionsOf(calls.find(({ step }) => step === 'factor') ?? { body: undefined });

  /** Everything about ApproveChallenge. A Challenge serves for several refusals, and for one that is taken. */
  async function askApprove(main: Authenticator): Promise<void> {
    let pending: unknown;
    let isRequired = false;
    let spare = 0;

    type Make = (challenge: string) => unknown;
    async function approve(step: string, isTaken: boolean, make: Make): Promise<void> {
      if (typeof pending !== 'string') {
        const begun = await call(`challenge-${++spare}`, 'POST', '/Passkeys/Challenges', {});
        pending = challengeOf(begun);
        isRequired = begun !== undefined && !isPreferred(optionsOf(begun));
      }
      if (typeof pending !== 'string') return;
      const answer = await call(step, 'POST', '/Passkeys/ApproveChallenge', await make(pending));
      if (isTaken || !answer || answer.status < 400) pending = undefined;
    }

    const stranger = await createSoftwareAuthenticator();
    const usual = (challenge: string) => main.sign(challenge, page);
    await approve('approve-other-step', false, (challenge) => main.register(challenge, page));
    await approve('approve-client-data', false, async (challenge) =>
      withoutClientData(await usual(challenge)),
    );
    await approve('approve-origin', false, (challenge) => main.sign(challenge, { ...page, origin: foreign }));
    await approve('approve-attachment-null', false, async (challenge) => ({
      ...(await usual(challenge)),
      authenticatorAttachment: null,
    }));
    await approve('approve-attachment-missing', false, async (challenge) => ({
      ...(await usual(challenge)),
      authenticatorAttachment: undefined,
    }));
    await approve('approve-absent-user', false, (challenge) => main.sign(challenge, { ...page, flags: 0 }));
    await approve('unknown-passkey', false, (challenge) => stranger.sign(challenge, page));
    await approve('approve-content-type', false, () => new URLSearchParams({ id: main.id }));
    await approve('wrong-signature', false, async (challenge) => {
      const { response, ...rest } = await usual(challenge);
      const { signature } = (await stranger.sign(challenge, page)).response;
      return { ...rest, response: { ...response, signature } };
    });
    if (!isRequired) {
      const flags = flag.userPresent;
      await approve('approve-unverified-user', true, (challenge) => main.sign(challenge, { ...page, flags }));
    }
    await approve('approve-more-members', true, async (challenge) => ({
      ...(await usual(challenge)),
      clientExtensionResults: {},
    }));
    await call(
      'unknown-challenge',
      'POST',
      '/Passkeys/ApproveChallenge',
      await usual(fromText(`YC${'0'.repeat(32)}`)),
    );
    if (target.expired) await askExpired(usual);
  }

  /** Waits until the moment that Verify names, or else for five minutes. */
  async function askExpired(usual: (challenge: string) => Promise<unknown>): Promise<void> {
    const begun = await call('challenge-expiring', 'POST', '/Passkeys/Challenges', {});
    const challenge = challengeOf(begun);
    if (typeof challenge !== 'string' || !isObject(begun?.body)) return;
    const named = Date.parse(String(begun.body.expiration_date)) - Date.now();
    const lifetime = named > 0 && named < 600_000 ? named : 300_000;
    await wait(lifetime + 1000, undefined, { signal: target.signal });
    await call('expired-challenge', 'POST', '/Passkeys/ApproveChallenge', await usual(challenge));
  }

  /** What Verify says to names and identities that are none. */
  async function askNames(): Promise<void> {
    const nobody = `probe-${crypto.randomUUID()}`;
    redactor.know(nobody, 'probe-identity-2');
    await call('unknown-identity', 'POST', '/Passkeys/Challenges', { identity: nobody });
    await beginFactor('camel-case', { friendly_name: undefined, friendlyName });
    await beginFactor('friendly-name-limit', { friendly_name: 'x'.repeat(65) });
    await beginFactor('friendly-name-units', { friendly_name: '😀'.repeat(33) });
    const long = identity.padEnd(65, '0');
    redactor.know(long, 'probe-identity-3');
    await beginFactor('identity-limit', {}, long);
  }

  /** Deletes each Entity that the probe made, or else its Factors. Tries again while the network fails. */
  async function removeAll(): Promise<ProbeResult['left']> {
    const left: ProbeResult['left'] = [];
    for (const [owner, factors] of made) {
      const path = `/Entities/${owner}`;
      const failed = await remove(path);
      if (failed === undefined) continue;
      if (factors.size === 0 || !failed.isRefusal) {
        left.push({ path, why: failed.why });
        continue;
      }
      for (const sid of factors) {
        const one = `${path}/Factors/${sid}`;
        const reason = await remove(one);
        if (reason !== undefined) left.push({ path: one, why: reason.why });
      }
    }
    return left;
  }

  /** Returns why a resource is still there, or undefined if it is gone. */
  async function remove(path: string): Promise<{ why: string; isRefusal: boolean } | undefined> {
    let why = `the probe keeps to ${maxCalls} calls`;
    for (const pause of [0, 1000, 3000]) {
      if (count >= maxCalls) break;
      if (pause > 0) await wait(pause);
      try {
        const { status, body } = await send('DELETE', path, undefined);
        const code = isObject(body) ? body.code : undefined;
        // A 20404 on an Entity may also mean that Verify has no such call: then its Factors are deleted one by one.
        const isGone = code === 60392 || code === 60390 || (code === 20404 && path.includes('/Factors/'));
        if (status === 204 || status === 200 || isGone) return undefined;
        why = `Verify answered ${status}${typeof code === 'number' ? ` with ${code}` : ''}`;
        if (status < 500 && status !== 429) return { why, isRefusal: true };
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        why = error.message;
      }
    }
    return { why, isRefusal: false };
  }

  let stopped: ProbeResult['stopped'] = null;
  try {
    await askAll();
  } catch (error) {
    stopped = readStop(error, target.signal);
    if (!stopped) {
      // A fault of the probe's own: what it made is removed all the same.
      await removeAll();
      throw error;
    }
  }
  return { calls, stopped, left: await removeAll() };
}

/** Why the asking ended, if that is not a fault of the probe. */
function readStop(error: unknown, signal: AbortSignal): ProbeResult['stopped'] {
  if (signal.aborted) return { why: 'The probe was stopped.', isRefusal: false };
  if (error instanceof Stop) return { why: error.message, isRefusal: error.isRefusal };
  return error instanceof NoAnswer ? { why: `${error.message}.`, isRefusal: false } : null;
}

const withoutClientData = <T extends { response: object }>(credential: T) => ({
  ...credential,
  response: { ...credential.response, clientDataJSON: fromText('{}') },
});

/** An origin that no Service lists. */
const foreign = 'https://probe.invalid';
