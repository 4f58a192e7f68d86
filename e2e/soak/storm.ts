/** Runs ceremonies of honest pages and attackers while servers fail, and lists the faults afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../redis.ts';
import { type Authenticator, createAuthenticator } from '../software-authenticator.ts';
import { startVerify } from './faulty-verify.ts';
import { type Answer, openPage, type Page } from './open-page.ts';
import { createRandom, type Random } from './random.ts';
import { startRelay } from './start-relay.ts';

type Passkey = {
  authenticator: Authenticator;
  identity: string;
  factorSid: string;
  userHandle: string;
};

export type StormConfig = {
  seed: number;
  ceremonies: number;
  /** Whether Redis keeps its data in a crash. */
  redisPersists: boolean;
};

/** All lists must be empty. They are lists so that a failure shows what went wrong. */
type Faults = {
  approvedWithoutSignature: unknown[];
  approvedTwice: unknown[];
  approvedAsAnother: unknown[];
  attackersLetIn: unknown[];
  /** Passkeys that are verified at Verify but do not sign in after the storm. */
  deadPasskeys: unknown[];
  /** Registrations refused with a 4xx, so that the browser drops the passkey, although Verify has it. */
  toldDead: unknown[];
  /** Sign-ins refused with `unknown_credential` although Verify has the passkey. */
  calledUnknown: unknown[];
};

export async function storm({ seed, ceremonies, redisPersists }: StormConfig) {
  const redis = await startRedis({ persists: redisPersists });
  const verify = await startVerify(createRandom(seed));
  const relays = await Promise.all([1, 2].map(() => startRelay(redis, verify.address, 3_000)));
  const passkeys: Passkey[] = [];
  /** The user who signed each Challenge with their own passkey. */
  const signers = new Map<string, string>();
  /** The bodies that honest pages have sent, for attackers to replay. */
  const overheard: unknown[] = [];
  const faults: Faults = {
    approvedWithoutSignature: [],
    approvedTwice: [],
    approvedAsAnother: [],
    attackersLetIn: [],
    deadPasskeys: [],
    toldDead: [],
    calledUnknown: [],
  };
  const told = { verified: 0, approved: 0, left: 0 };
  /** How often pages got each code. */
  const refused: Record<string, number> = {};

  const open = (random: Random, session?: string) => openPage(() => random.pick(relays).port, session);
  const count = ({ status, body }: Answer, ended: 'verified' | 'approved') => {
    if (status === 200) told[ended]++;
    else if (status === 0) told.left++;
    else refused[body?.code] = (refused[body?.code] ?? 0) + 1;
  };

  /** Sends the call as real pages do: sometimes the page leaves, tries again, or sends it twice. */
  async function finish(page: Page, random: Random, route: string, credential: unknown): Promise<Answer> {
    overheard.push(credential);
    const leaveAfter = random.happens(0.1) ? Math.floor(random.next() * 30) : undefined;
    const first = page.call('POST', route, credential, leaveAfter);
    const isClickedTwice = random.happens(0.05);
    const second = isClickedTwice ? page.call('POST', route, credential) : undefined;
    const answers = [await first, await second];
    if (answers[0]?.status !== 200 && random.happens(0.5)) {
      answers.push(await page.call('POST', route, credential));
    }
    const ended = answers.filter((answer) => answer !== undefined);
    return ended.find(({ status }) => status === 200) ?? (ended[0] as Answer);
  }

  async function register(random: Random, identity: string): Promise<Answer> {
    const page = open(random, identity);
    const begun = await page.call('POST', 'Factors', {});
    if (begun.status !== 201) return begun;
    const { challenge, user } = begun.body.options.publicKey;
    const authenticator = await createAuthenticator();
    const factorSid = Buffer.from(challenge, 'base64url').toString();
    const answer = await finish(page, random, 'VerifyFactor', authenticator.register(challenge));
    passkeys.push({ authenticator, identity, factorSid, userHandle: user.id });
    const { status, body } = answer;
    if (status >= 400 && status < 500 && (await verify.isVerified(identity, factorSid))) {
      faults.toldDead.push({ identity, factorSid, status, code: body?.code });
    }
    if (answer.status === 200 && random.happens(0.05)) await page.call('DELETE', `Factors/${factorSid}`);
    return answer;
  }

  async function signIn(random: Random, passkey: Passkey): Promise<Answer> {
    const { authenticator, identity, factorSid, userHandle } = passkey;
    const page = open(random);
    const begun = await page.call('POST', 'Challenges', {});
    if (begun.status !== 201) return begun;
    const { challenge } = begun.body.options.publicKey;
    const isHeld = await verify.isVerified(identity, factorSid);
    signers.set(Buffer.from(challenge, 'base64url').toString(), identity);
    const credential = await authenticator.sign(challenge, { userHandle });
    const answer = await finish(page, random, 'ApproveChallenge', credential);
    if (
      isHeld &&
      answer.body?.code === 'unknown_credential' &&
      (await verify.isVerified(identity, factorSid))
    ) {
      faults.calledUnknown.push({ identity, factorSid });
    }
    return answer;
  }

  async function attack(random: Random): Promise<void> {
    const page = open(random);
    const victim = random.pick(passkeys);
    const begun = await page.call('POST', 'Challenges', {});
    const challenge: string = begun.body?.options?.publicKey.challenge ?? 'none';
    const own = await createAuthenticator();
    const forged = await own.sign(challenge, { userHandle: victim.userHandle });
    const attacks: Record<string, () => Promise<Answer>> = {
      "another user's id with the attacker's own signature": () =>
        page.call('POST', 'ApproveChallenge', {
          ...forged,
          id: victim.authenticator.id,
          rawId: victim.authenticator.id,
        }),
      'a passkey that nobody registered': () => page.call('POST', 'ApproveChallenge', forged),
      "an honest page's body, from another browser": () =>
        page.call('POST', 'ApproveChallenge', random.pick(overheard)),
      "an honest page's body, in another session": () =>
        open(random, 'mallory-0001').call('POST', 'VerifyFactor', random.pick(overheard)),
      "a registration of another user's Factor": () =>
        open(random, 'mallory-0001').call(
          'POST',
          'VerifyFactor',
          own.register(Buffer.from(victim.factorSid).toString('base64url')),
        ),
    };
    const [what, run] = random.pick(Object.entries(attacks));
    if ((await run()).status === 200) faults.attackersLetIn.push({ what, victim: victim.identity });
  }

  async function runCeremony(index: number): Promise<Answer | undefined> {
    const random = createRandom(seed + 1 + index);
    const identity = `user-${String(index).padStart(6, '0')}`;
    const isNew = passkeys.length < 5 || random.happens(0.3);
    if (!isNew && random.happens(0.15)) {
      await attack(random);
      return undefined;
    }
    const answer = isNew ? await register(random, identity) : await signIn(random, random.pick(passkeys));
    count(answer, isNew ? 'verified' : 'approved');
    return answer;
  }

  const crashes = 2 + Math.floor(ceremonies / 1_000);
  let next = 0;
  async function runLane(): Promise<void> {
    while (next < ceremonies) {
      const answer = await runCeremony(next++);
      // A page that gets a temporary error waits, or the storm would end before the relays reconnect to Redis.
      if (answer?.body?.code === 'storage_unavailable') await sleep(500);
    }
  }
  async function crashRedis(): Promise<void> {
    for (let crash = 1; crash <= crashes; crash++) {
      const begin = (ceremonies * crash) / (crashes + 1);
      while (next < begin) await sleep(10);
      await redis.crash();
      while (next < Math.min(ceremonies, begin + ceremonies / 20)) await sleep(10);
      await redis.restart();
    }
  }
  verify.setStormy(true);
  await Promise.all([crashRedis(), ...Array.from({ length: 8 }, runLane)]);
  verify.setStormy(false);

  /** After the storm, a relay may still be reconnecting to Redis. */
  async function signInPatiently(random: Random, passkey: Passkey): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await signIn(random, passkey);
      const mayPass = answer.status === 0 || answer.status >= 500;
      if (!mayPass || attempt === 120) return answer;
      await sleep(250);
    }
  }
  const calm = createRandom(seed);
  let alive = 0;
  for (const passkey of passkeys) {
    const { identity, factorSid } = passkey;
    if (!(await verify.isVerified(identity, factorSid))) continue;
    alive++;
    const { status, body } = await signInPatiently(calm, passkey);
    if (status !== 200) faults.deadPasskeys.push({ identity, factorSid, status, code: body?.code });
  }

  for (const relay of relays) await relay.stop();
  const approved = relays.flatMap((relay) => relay.approved);
  const seen = new Set<string>();
  for (const approval of approved) {
    const signer = signers.get(approval.challengeSid);
    if (signer === undefined) faults.approvedWithoutSignature.push(approval);
    else if (signer !== approval.identity) faults.approvedAsAnother.push({ ...approval, signer });
    if (seen.has(approval.challengeSid)) faults.approvedTwice.push(approval);
    seen.add(approval.challengeSid);
  }
  verify.stop();
  await redis.stop();
  return {
    faults,
    told,
    refused,
    alive,
    passkeys: passkeys.length,
    approvals: approved.length,
    verify: verify.played,
  };
}
