/**
 * A storm in one process over a Verify that names nobody: only the store knows whose a passkey is, so that what is lost
 * once does not heal. Each ceremony meets one kind of trouble at most, so that it is known how it must end.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEmulator } from 'verify-passkeys/emulator';
import { type Approval, createRelay } from 'verify-passkeys/relay';
import { settings } from '../play-verify.ts';
import { type Authenticator, createAuthenticator, page } from '../software-authenticator.ts';
import { accountSid, authToken, cookieSecret, serviceSid } from '../world.ts';
import { createRandom, type Random } from './random.ts';

/** Milliseconds that the relay has for a call. Verify takes up to 25 for each answer. */
const deadline = 1_000;

/** What goes wrong in a call, besides a page that leaves. */
type Trouble = {
  /** Verify does what VerifyFactor asks, and its answer breaks off at once or half way. */
  loses?: 'at once' | 'half way';
  /** The store refuses the next value that it should keep, or everything. */
  store?: 'fails once' | 'is dead';
  /** Verify names this user, who did not sign in. */
  names?: string;
  /** Called when Verify has done what VerifyFactor asks, before it answers. */
  meanwhile?: () => void;
};

type Passkey = { authenticator: Authenticator; identity: string; factorSid: string; userHandle: string };

type Answer = { status: number; code: unknown; took: number; body: Record<string, never> };

/** All lists must be empty. */
type Faults = {
  /** Registrations that Verify verified and the page heard of otherwise, although the answer could be read again. */
  notTold: unknown[];
  /** Passkeys told verified, or verified while the page left, whose owner is not remembered. */
  forgotten: unknown[];
  /** Sign-ins that a dead store or a confused Verify must refuse, and for which reason they were not. */
  notRefused: unknown[];
  attackersLetIn: unknown[];
  /** Honest pages that could not finish what an attacker had tried to finish. */
  usedUp: unknown[];
};

export async function stormWithoutNames({ seed, ceremonies }: { seed: number; ceremonies: number }) {
  const emulator = createEmulator({ ...settings, quirks: 'published' });
  const chance = createRandom(seed);
  const current = new AsyncLocalStorage<Trouble>();
  const kept = new Map<string, string>();
  const faults: Faults = { notTold: [], forgotten: [], notRefused: [], attackersLetIn: [], usedUp: [] };
  /** How often each trouble was met and its end was known. */
  const met: Record<string, number> = {};
  const approvals: Approval[] = [];
  const passkeys: Passkey[] = [];

  async function reach(isWrite: boolean): Promise<void> {
    await sleep(chance.next() * 3);
    const trouble = current.getStore();
    if (trouble?.store === 'is dead') throw new Error('the store is dead');
    if (trouble?.store !== 'fails once' || !isWrite) return;
    delete trouble.store;
    throw new Error('the store failed once');
  }
  const storage = {
    get: async (key: string) => {
      await reach(false);
      return kept.get(key);
    },
    set: async (key: string, value: string) => {
      await reach(true);
      kept.set(key, value);
    },
    delete: async (key: string) => {
      await reach(true);
      kept.delete(key);
    },
  };

  async function verify(request: Request): Promise<Response> {
    const trouble = current.getStore();
    const { pathname } = new URL(request.url);
    await sleep(chance.next() * 10);
    const answer = await emulator.fetch(request);
    if (pathname.endsWith('/VerifyFactor')) trouble?.meanwhile?.();
    await sleep(chance.next() * 15);
    if (trouble?.names && pathname.endsWith('/ApproveChallenge')) {
      return Response.json({ ...((await answer.json()) as object), identity: trouble.names });
    }
    if (!trouble?.loses || !pathname.endsWith('/VerifyFactor')) return answer;
    if (trouble.loses === 'at once') throw new TypeError('fetch failed');
    return new Response((await answer.text()).slice(0, 40), { status: answer.status });
  }

  const start = (timeout: number) =>
    createRelay({
      serviceSid,
      accountSid,
      authToken,
      cookieSecret,
      storage,
      timeout,
      fetch: verify,
      identify: ({ headers }, step) => {
        const identity = headers.get('x-session');
        return step === 'authenticate' || !identity ? null : { identity };
      },
      onApproved: (approval) => void approvals.push(approval),
    });
  const relays = [start(deadline), start(deadline)];
  /** Has all the time that it takes, for what is not under attack. */
  const patient = start(60_000);

  /** A browser with its cookies. `session` is the user whom the app has signed in there. */
  function open(session?: string) {
    const cookies = new Map<string, string>();
    async function post(
      route: string,
      body: unknown,
      { trouble = {}, leaveAfter }: { trouble?: Trouble; leaveAfter?: number | 'Verify has acted' } = {},
      relay = chance.pick(relays),
    ): Promise<Answer> {
      const headers = new Headers({ origin: page.origin, 'content-type': 'application/json' });
      headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
      if (session) headers.set('x-session', session);
      const leaving = new AbortController();
      const init = { method: 'POST', headers, body: JSON.stringify(body), signal: leaving.signal };
      const request = new Request(`${page.origin}/passkeys/${route}`, init);
      if (leaveAfter === 'Verify has acted') trouble.meanwhile = () => leaving.abort();
      else if (leaveAfter !== undefined) setTimeout(() => leaving.abort(), leaveAfter);
      const began = performance.now();
      const answer = await current
        .run(trouble, () => relay(request))
        // A server answers 500 to what the relay throws: here, that the time was over before the app was asked.
        .catch(() => Response.json({ code: 'app_error' }, { status: 500 }));
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (/Max-Age=0\b/.test(cookie)) cookies.delete(name);
        else cookies.set(name, value);
      }
      const said = await answer.json();
      return { status: answer.status, code: said.code, took: performance.now() - began, body: said };
    }
    async function begin(route: 'Factors' | 'Challenges') {
      const { status, body } = await post(route, {}, {}, patient);
      if (status !== 201) throw new Error(`${route} answered ${status}`);
      const { challenge, user } = (body as Record<string, Record<string, never>>).options!.publicKey!;
      return { challenge: challenge as string, user: user as { id: string } | undefined };
    }
    return { cookies, post, begin };
  }

  /** A machine that is busy with other things may miss the deadline, and then nothing is known of the end. */
  const isInTime = ({ took }: Answer) => took < deadline / 2;
  const meet = (what: string) => {
    met[what] = (met[what] ?? 0) + 1;
  };

  async function isVerified({ identity, factorSid }: Passkey): Promise<boolean> {
    const path = `/v2/Services/${serviceSid}/Entities/${identity}/Factors/${factorSid}`;
    const headers = { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` };
    const answer = await emulator.fetch(`https://verify.twilio.com${path}`, { headers });
    return (await answer.json()).status === 'verified';
  }

  /** Signs in. Returns whether the store knew the owner. */
  async function isRemembered({ authenticator, identity, userHandle }: Passkey): Promise<boolean> {
    const browser = open();
    const { challenge } = await browser.begin('Challenges');
    const credential = await authenticator.sign(challenge, { userHandle });
    const { status } = await browser.post('ApproveChallenge', credential, {}, patient);
    const sid = Buffer.from(challenge, 'base64url').toString();
    const approval = approvals.find(({ challengeSid }) => challengeSid === sid);
    return status === 200 && approval?.identity === identity && approval.remembered;
  }

  async function register(random: Random, identity: string, relay = chance.pick(relays)): Promise<void> {
    const browser = open(identity);
    const { challenge, user } = await browser.begin('Factors');
    const authenticator = await createAuthenticator();
    const factorSid = Buffer.from(challenge, 'base64url').toString();
    const passkey = { authenticator, identity, factorSid, userHandle: user!.id };
    const [what, how] = random.pick<[string, Parameters<typeof browser.post>[2]]>([
      ['a registration', {}],
      ['a lost answer', { trouble: { loses: random.pick(['at once', 'half way'] as const) } }],
      [
        'a page that leaves',
        { leaveAfter: random.pick(['Verify has acted', 'Verify has acted', random.next() * 30] as const) },
      ],
      ['a store that fails once', { trouble: { store: 'fails once' } }],
    ]);
    const answer = await browser.post('VerifyFactor', authenticator.register(challenge), how, relay);
    if (answer.status === 200) passkeys.push(passkey);
    if (!isInTime(answer)) return;
    meet(what);
    const isAlive = await isVerified(passkey);
    if (how?.leaveAfter === undefined && answer.status !== 200) faults.notTold.push({ what, ...answer });
    // Nobody hears what the relay answers to a page that has left. It must remember all the same.
    if (isAlive && !(await isRemembered(passkey))) faults.forgotten.push({ what, factorSid });
  }

  async function signIn(random: Random): Promise<void> {
    const passkey = random.pick(passkeys);
    const browser = open();
    const { challenge } = await browser.begin('Challenges');
    const credential = await passkey.authenticator.sign(challenge, { userHandle: passkey.userHandle });
    const [what, trouble, expected] = random.pick<[string, Trouble, unknown]>([
      ['a sign-in', {}, undefined],
      ['a dead store', { store: 'is dead' }, 'storage_unavailable'],
      ['a confused Verify', { names: 'mallory-0001' }, 'verify_invalid_answer'],
    ]);
    const answer = await browser.post('ApproveChallenge', credential, { trouble });
    if (answer.code !== expected && isInTime(answer)) faults.notRefused.push({ what, ...answer });
    else meet(what);
  }

  /** Somebody who has begun a registration and a sign-in of their own gets hold of what an honest page signed. */
  async function attack(random: Random): Promise<void> {
    const victim = random.pick(passkeys);
    const isRegistration = random.happens(0.5);
    const [begin, finish] = isRegistration
      ? (['Factors', 'VerifyFactor'] as const)
      : (['Challenges', 'ApproveChallenge'] as const);
    const honest = open(victim.identity);
    const { challenge } = await honest.begin(begin);
    const { authenticator, userHandle } = victim;
    const credential = isRegistration
      ? (await createAuthenticator()).register(challenge)
      : await authenticator.sign(challenge, { userHandle });
    const attacker = open('mallory-0001');
    const own = await attacker.begin('Factors');
    await attacker.begin('Challenges');
    const sid = Buffer.from(challenge, 'base64url').toString();
    const named = [...attacker.cookies].map(([, value]) => value);
    // Under the name of the other ceremony as well.
    if (random.happens(0.7)) attacker.cookies.set(`__Host-passkeys-${sid}`, random.pick(named));
    const stolen = await attacker.post(finish, credential);
    const isRefused = stolen.code === 'ceremony_mismatch' || !isInTime(stolen);
    if (!isRefused) faults.attackersLetIn.push({ what: finish, ...stolen });
    const finished = await honest.post(finish, credential);
    if (finished.status !== 200 && isInTime(finished)) faults.usedUp.push(finished);
    meet(`a stolen ${finish}`);
    // The victim's credential id, registered as the attacker's while the store is dead or well.
    const { id } = authenticator;
    const copy = authenticator.register(own.challenge);
    const trouble: Trouble = random.happens(0.5) ? { store: 'is dead' } : {};
    const taken = await attacker.post('VerifyFactor', { ...copy, id, rawId: id }, { trouble });
    if (taken.status === 200) faults.attackersLetIn.push({ what: 'a known credential id', ...taken });
    meet('a known credential id');
  }

  // The store has its probe before the first trouble, and there is somebody to sign in, however slow the machine is.
  await register({ ...createRandom(seed), pick: (from) => from[0]! }, 'user-000000', patient);
  let next = 1;
  async function runLane(): Promise<void> {
    while (next < ceremonies) {
      const index = next++;
      const random = createRandom(seed + index);
      const kind = random.next();
      if (kind < 0.4) await register(random, `user-${String(index).padStart(6, '0')}`);
      else if (kind < 0.75) await signIn(random);
      else await attack(random);
    }
  }
  await Promise.all(Array.from({ length: 6 }, runLane));

  for (const passkey of passkeys) {
    if (!(await isRemembered(passkey))) faults.forgotten.push({ told: 'verified', sid: passkey.factorSid });
  }
  return { faults, met, passkeys: passkeys.length };
}
