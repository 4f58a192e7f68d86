/** A passkey that Verify knows signs in its owner even if this relay remembers no owner. Contradictions are refused. */
import { expect, test } from '@playwright/test';
import { createAuthenticator } from '../software-authenticator.ts';
import { serviceSid } from '../world.ts';
import {
  ada,
  bob,
  openBrowser,
  type Passkey,
  refused,
  type Stage,
  type StageConfig,
  setUp,
} from './stage.ts';

/** Creates a passkey as a mobile app or another back end would: at Verify, without this relay's storage. */
const registerElsewhere = (stage: Stage, user = ada) =>
  openBrowser({ relay: stage.again({ storage: new Map() }) }, user).register();

const entityOf = ({ userHandle }: Passkey) => Buffer.from(userHandle!, 'base64url').toString();

/** A stage in which Verify returns these names in each approved Challenge. */
function setUpNaming(change: object | (() => object), config: StageConfig = {}): Stage {
  return setUp({
    ...config,
    verify: async (request, answer) => {
      const response = await answer();
      if (!request.url.endsWith('/ApproveChallenge') || !response.ok) return response;
      const named = typeof change === 'function' ? change() : change;
      return Response.json({ ...((await response.json()) as object), ...named });
    },
  });
}

const noNames = { identity: '', entity_sid: '', factor_sid: '' };

test('a passkey that was created elsewhere signs in the owner that Verify names, and is remembered', async () => {
  const stage = setUp();
  const passkey = await registerElsewhere(stage);
  const answer = await openBrowser(stage).signIn(passkey);
  const whose = { identity: ada, entity_sid: entityOf(passkey), factor_sid: passkey.sid };
  expect(answer).toMatchObject({ status: 200, body: { status: 'approved', ...whose } });
  await openBrowser(stage).signIn(passkey);
  const approval = { identity: ada, entitySid: entityOf(passkey), factorSid: passkey.sid };
  expect(stage.approvals).toMatchObject([
    { ...approval, remembered: false },
    { ...approval, remembered: true },
  ]);
  const [factor] = (await openBrowser(stage, ada).send('GET', 'Factors')).body.factors;
  expect(factor).toMatchObject({ sid: passkey.sid, credential_id: passkey.id });
});

test('after the storage was emptied, each passkey still signs in and is remembered again', async () => {
  const stage = setUp();
  const passkeys = [await openBrowser(stage, ada).register(), await openBrowser(stage, bob).register()];
  stage.storage.clear();
  for (const passkey of passkeys) expect((await openBrowser(stage).signIn(passkey)).status).toBe(200);
  expect(stage.approvals.map(({ identity }) => identity)).toEqual([ada, bob]);
  const again = await openBrowser(stage, ada).send('GET', 'Factors');
  expect(again.body.factors).toMatchObject([{ credential_id: passkeys[0]!.id }]);
});

test('only the first registration writes the key that probes the storage, and a sign-in does not', async () => {
  const stage = setUp();
  const passkey = await registerElsewhere(stage);
  await openBrowser(stage).signIn(passkey);
  expect([...stage.storage.keys()].filter((key) => key.endsWith(':alive'))).toEqual([]);
  const written: string[] = [];
  const set = stage.storage.set.bind(stage.storage);
  stage.storage.set = (key, value) => {
    written.push(key);
    return set(key, value);
  };
  for (const user of [ada, bob]) await openBrowser(stage, user).register();
  expect(written.filter((key) => key.endsWith(':alive'))).toHaveLength(1);
});

test('when Verify names only the identity, that user signs in, and the Factor stays unknown', async () => {
  const stage = setUpNaming({ entity_sid: '', factor_sid: '' });
  const passkey = await registerElsewhere(stage);
  for (const remembered of [false, true]) {
    const { status, body } = await openBrowser(stage).signIn(passkey);
    expect({ status, identity: body.identity }).toEqual({ status: 200, identity: ada });
    expect(stage.approvals.at(-1)).toMatchObject({ identity: ada, factorSid: undefined, remembered });
  }
  expect(stage.upstream.filter(({ path }) => path.includes('undefined'))).toEqual([]);
  expect([...stage.storage.keys()].filter((key) => key.includes(':factor:'))).toEqual([]);
});

test('if two apps of a Service use one identity for two people, one signs in as the other', async () => {
  const stage = setUp();
  const staging = stage.again({ storage: new Map() });
  const stranger = await openBrowser({ relay: staging }, ada).register();
  await openBrowser(stage).signIn(stranger);
  expect(stage.approvals).toMatchObject([{ identity: ada, remembered: false }]);
});

for (const [what, change] of [
  ['no user', noNames],
  ['an Entity and a Factor without an identity', { identity: '' }],
] as const) {
  test(`when Verify names ${what} and the relay remembers no owner, the passkey is unknown`, async () => {
    const stage = setUpNaming(change);
    const passkey = await registerElsewhere(stage);
    const { userHandle: _, ...withoutHandle } = passkey;
    for (const signer of [passkey, withoutHandle]) {
      const answer = await openBrowser(stage).signIn(signer);
      expect(answer).toMatchObject(refused(403, 'unknown_credential'));
    }
    expect(stage.approvals).toEqual([]);
    expect(stage.storage.size).toBe(0);
  });
}

for (const identity of ['short', 'ada@example.com', 'x'.repeat(65), `${ada}/Factors`, ' '.repeat(12)]) {
  test(`when Verify returns a malformed identity like ${JSON.stringify(identity).slice(0, 20)}, nobody signs in`, async () => {
    const stage = setUpNaming({ identity });
    const answer = await openBrowser(stage).signIn(await registerElsewhere(stage));
    expect(answer).toMatchObject(refused(502, 'verify_invalid_answer'));
    expect(stage.approvals).toEqual([]);
    expect(stage.storage.size).toBe(0);
  });
}

test('when Verify names another user than the one of the Challenge, nobody signs in', async () => {
  const stage = setUpNaming({ identity: bob }, { relay: { identify: () => ({ identity: ada }) } });
  const answer = await openBrowser(stage, ada).signIn(await registerElsewhere(stage));
  expect(answer).toMatchObject(refused(502, 'verify_invalid_answer'));
  expect(stage.approvals).toEqual([]);
  expect(stage.storage.size).toBe(0);
});

test('when Verify names no user for a Challenge of one user, a passkey without an owner stays unknown', async () => {
  const stage = setUpNaming(noNames, { relay: { identify: () => ({ identity: ada }) } });
  const answer = await openBrowser(stage, ada).signIn(await registerElsewhere(stage));
  expect(answer).toMatchObject(refused(403, 'unknown_credential'));
  expect(stage.approvals).toEqual([]);
});

for (const [what, change] of [
  ['another identity', { identity: bob }],
  ['another Entity', { entity_sid: `YE${'9'.repeat(32)}` }],
  ['another Factor', { factor_sid: `YF${'9'.repeat(32)}` }],
] as const) {
  test(`when Verify names ${what} than at the first sign-in, nobody signs in`, async () => {
    let said = {};
    const reasons: string[] = [];
    const onRefused = ({ message }: { message: string }) => void reasons.push(message);
    const stage = setUpNaming(() => said, { relay: { onRefused } });
    const passkey = await registerElsewhere(stage);
    await openBrowser(stage).signIn(passkey);
    said = change;
    const answer = await openBrowser(stage).signIn(passkey);
    expect(answer).toMatchObject(refused(502, 'verify_invalid_answer'));
    expect(stage.approvals).toHaveLength(1);
    expect(reasons).toEqual([expect.stringContaining('than the storage remembers')]);
    expect(answer.body.message).not.toContain('remembers');
  });
}

test('nobody signs in with a userHandle of another Entity than the one that Verify names', async () => {
  const stage = setUpNaming({ entity_sid: `YE${'9'.repeat(32)}` });
  const answer = await openBrowser(stage).signIn(await registerElsewhere(stage));
  expect(answer).toMatchObject(refused(403, 'unknown_credential'));
  expect(stage.approvals).toEqual([]);
  expect(stage.storage.size).toBe(0);
});

test('when another relay has remembered another user meanwhile, nobody signs in', async () => {
  const stage = setUpNaming(() => {
    for (const key of ofBob.keys()) stage.storage.set(key, JSON.stringify({ identity: bob }));
    return {};
  });
  const passkey = await registerElsewhere(stage);
  const ofBob = new Map<string, string>();
  await openBrowser({ relay: stage.again({ storage: ofBob }) }).signIn(passkey);
  stage.storage.clear();
  stage.approvals.length = 0;
  const answer = await openBrowser(stage).signIn(passkey);
  expect(answer).toMatchObject(refused(502, 'verify_invalid_answer'));
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(stage.approvals).toEqual([]);
});

test("an app that trusts only its own storage can refuse every sign-in that relies on Verify's answer", async () => {
  const stage = setUp();
  const passkey = await registerElsewhere(stage);
  const told: boolean[] = [];
  const onApproved = ({ remembered }: { remembered: boolean }) => {
    told.push(remembered);
    if (!remembered) return false;
  };
  const relay = stage.again({ onApproved });
  for (let i = 0; i < 2; i++) {
    expect(await openBrowser({ relay }).signIn(passkey)).toMatchObject(refused(403, 'not_allowed'));
  }
  expect((await openBrowser(stage).signIn(passkey)).status).toBe(200);
  expect((await openBrowser({ relay }).signIn(passkey)).status).toBe(200);
  expect(told).toEqual([false, false, true]);
});

test('while the app is asked about a passkey, Verify may not name another user for it', async () => {
  let said = {};
  const stage = setUpNaming(() => said);
  const passkey = await registerElsewhere(stage);
  let other: unknown;
  const onApproved = async () => {
    said = { identity: bob };
    other = await openBrowser(stage).signIn(passkey);
  };
  expect((await openBrowser({ relay: stage.again({ onApproved }) }).signIn(passkey)).status).toBe(200);
  expect(other).toMatchObject(refused(502, 'verify_invalid_answer'));
  expect(stage.approvals).toEqual([]);
});

test('of a sign-in that the app refused, or that it failed to judge, nothing is remembered', async () => {
  const stage = setUp();
  const passkey = await registerElsewhere(stage);
  const before = [...stage.storage];
  let listed: unknown;
  const during = async () => {
    listed = (await openBrowser(stage, ada).send('GET', 'Factors')).body.factors;
    await stage.storage.delete(`${serviceSid}:newest:${ada}`);
  };
  for (const onApproved of [() => false, () => null as never, () => Promise.reject(new Error('down'))]) {
    const browser = openBrowser({
      relay: stage.again({
        onApproved: async () => {
          await during();
          return onApproved();
        },
      }),
    });
    await browser.signIn(passkey).catch(() => {});
    expect([...stage.storage]).toEqual(before);
    // Until the app has accepted it, the list shows no more than Verify has.
    expect(listed).toMatchObject([{ sid: passkey.sid }]);
    expect(JSON.stringify(listed)).not.toContain(passkey.id);
  }
});

test('a sign-in that the app refused does not take away an owner that another sign-in was given meanwhile', async () => {
  const stage = setUp();
  const passkey = await registerElsewhere(stage);
  const onApproved = async () => {
    expect((await openBrowser(stage).signIn(passkey)).status).toBe(200);
    return false;
  };
  expect(await openBrowser({ relay: stage.again({ onApproved }) }).signIn(passkey)).toMatchObject({
    status: 403,
  });
  await openBrowser(stage).signIn(passkey);
  expect(stage.approvals).toMatchObject([{ remembered: false }, { remembered: true }]);
});

/** Returns promises that resolve once `count` of them have been requested. */
function gather(count: number) {
  const arrived: (() => void)[] = [];
  return () =>
    new Promise<void>((resolve) => {
      arrived.push(resolve);
      if (arrived.length === count) for (const go of arrived) go();
    });
}

for (const [who, users, when, isWithinWrite] of [
  ['two users register', [ada, bob], 'at the same moment', true],
  ['two users register', [ada, bob], 'one right after the other', false],
  ['one user registers', [ada, ada], 'twice at once', false],
] as const) {
  test(`when ${who} one credential id ${when}, one is remembered and the other is refused with 60317`, async () => {
    const identities = new Map<string, string>();
    const bothVerified = gather(2);
    const bothWriting = gather(2);
    const values = new Map<string, string>();
    const stage = setUp({
      relay: {
        storage: {
          get: (key) => values.get(key),
          delete: (key) => values.delete(key),
          async set(key, value) {
            if (isWithinWrite && key.includes(':credential:')) await bothWriting();
            values.set(key, value);
          },
        },
      },
      verify: async (request, answer) => {
        if (!request.url.endsWith('/VerifyFactor')) {
          const response = await answer();
          const { sid, identity } = await response.clone().json();
          identities.set(sid, identity);
          return response;
        }
        const { response } = await request.json();
        const { challenge } = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString());
        const sid = Buffer.from(challenge, 'base64url').toString();
        // This Verify accepts both registrations, and answers after both have arrived.
        await bothVerified();
        return Response.json({ sid, status: 'verified', identity: identities.get(sid) });
      },
    });
    const passkey = await createAuthenticator();
    const answers = await Promise.all(
      users.map(async (user) => {
        const browser = openBrowser(stage, user);
        const { challenge } = await browser.begin('Factors');
        return browser.post('VerifyFactor', passkey.register(challenge));
      }),
    );
    const [winner] = answers.filter(({ status }) => status === 200);
    const [loser] = answers.filter(({ status }) => status !== 200);
    expect(loser).toMatchObject(refused(409, 60317));
    const owners = [...values].filter(([key]) => key.includes(':credential:'));
    expect(owners.map(([, owner]) => JSON.parse(owner).identity)).toEqual([winner!.body.identity]);
    const factors = [...values.keys()].filter((key) => key.includes(':factor:'));
    expect(factors).toEqual([expect.stringContaining(winner!.body.sid)]);
  });
}
