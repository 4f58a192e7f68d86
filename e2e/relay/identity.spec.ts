/** The remembered owner signs in, or else the user that Verify names. Contradictions are refused. */
import { expect, test } from '@playwright/test';
import type { RelayConfig } from 'verify-passkeys/relay';
import { createAuthenticator, encode, flag } from '../software-authenticator.ts';
import { ada, bob, openBrowser, refused, sessionOf, setUp } from './stage.ts';

test('onApproved gets the user who signed in, and its headers are added to the answer', async () => {
  const stage = setUp({
    relay: {
      onApproved: (approval) => {
        stage.approvals.push(approval);
        return { 'set-cookie': 'app=1; HttpOnly' };
      },
    },
  });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const answer = await openBrowser(stage).signIn(passkey);
  expect(answer.headers.getSetCookie()).toEqual(['app=1; HttpOnly', expect.stringContaining('Max-Age=0')]);
  const entitySid = Buffer.from(passkey.userHandle!, 'base64url').toString();
  const owner = { identity: ada, entitySid, factorSid: passkey.sid };
  expect(stage.approvals).toEqual([
    {
      ...owner,
      credentialId: passkey.id,
      challengeSid: answer.body.sid,
      userVerified: true,
      backedUp: false,
      authenticatorAttachment: 'platform',
      askedFor: undefined,
      remembered: true,
    },
  ]);
  expect(answer.body).toMatchObject({
    status: 'approved',
    identity: ada,
    entity_sid: entitySid,
    factor_sid: passkey.sid,
  });
});

test('onVerified gets the new passkey, and its headers are added to the answer', async () => {
  const told: unknown[] = [];
  const stage = setUp({
    relay: {
      onVerified: (factor) => {
        told.push(factor);
        return new Headers({ 'set-cookie': 'app=1' });
      },
    },
  });
  const browser = openBrowser(stage, ada);
  const passkey = await createAuthenticator();
  const { challenge, user } = await browser.begin('Factors');
  const answer = await browser.post('VerifyFactor', passkey.register(challenge));
  expect(answer.headers.getSetCookie()).toContain('app=1');
  const entitySid = Buffer.from(user!.id, 'base64url').toString();
  expect(told).toEqual([
    {
      sid: answer.body.sid,
      identity: ada,
      entitySid,
      friendlyName: ada,
      credentialId: passkey.id,
      aaguid: '00000000-0000-0000-0000-000000000000',
      userVerified: true,
      backedUp: false,
      authenticatorAttachment: 'platform',
      transports: ['internal'],
    },
  ]);
});

test('an error from onApproved reaches the server around the relay, and nobody is signed in', async () => {
  const stage = setUp({
    relay: {
      onApproved: () => {
        throw new Error('the session store is down');
      },
    },
  });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  await expect(browser.signIn(passkey)).rejects.toThrow('the session store is down');
});

test('when the approved Challenge has no identity, the remembered owner signs in', async () => {
  const stage = setUp({ emulator: { quirks: 'published' } });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const answer = await openBrowser(stage).signIn(passkey);
  const entity_sid = Buffer.from(passkey.userHandle!, 'base64url').toString();
  expect(answer).toMatchObject({ status: 200, body: { identity: ada, entity_sid, factor_sid: passkey.sid } });
  expect(stage.approvals).toMatchObject([{ identity: ada }]);
});

test('registering and managing need a signed-in user', async () => {
  const stage = setUp();
  const nobody = openBrowser(stage);
  const factor = `Factors/YF${'1'.repeat(32)}`;
  for (const answer of [
    await nobody.post('Factors', {}),
    await nobody.send('GET', 'Factors'),
    await nobody.post(factor, { friendly_name: 'x' }),
    await nobody.send('DELETE', factor),
  ]) {
    expect(answer).toMatchObject(refused(401, 'not_signed_in'));
  }
  expect(stage.upstream).toEqual([]);
});

for (const identity of [
  'short',
  'ada@example.com',
  'x'.repeat(65),
  '../../Services',
  `${ada}/Factors`,
  7,
  '',
  // RegExp.test would take it for its only item.
  [ada],
]) {
  test(`an identity like ${JSON.stringify(identity).slice(0, 20)} from identify() is refused and not sent to Verify`, async () => {
    const stage = setUp({ relay: { identify: () => ({ identity: identity as unknown as string }) } });
    const browser = openBrowser(stage);
    for (const answer of [
      await browser.post('Factors', {}),
      await browser.post('Challenges', {}),
      await browser.send('GET', 'Factors'),
    ]) {
      expect(answer).toMatchObject(refused(400, 60420));
      expect(answer.body.message).toContain('8 to 64 letters, digits and dashes');
    }
    expect(stage.upstream).toEqual([]);
  });
}

test('a passkey gets the name in the body, or else the one from identify(), or else the identity', async () => {
  for (const [said, friendlyName, called] of [
    ['Phone', 'Ada', 'Phone'],
    [undefined, 'Ada', 'Ada'],
    [undefined, null, ada],
    [undefined, undefined, ada],
  ] as const) {
    const stage = setUp({ relay: { identify: () => ({ identity: ada, friendlyName }) as never } });
    const { body } = await openBrowser(stage).post('Factors', { friendly_name: said });
    expect(body.friendly_name).toBe(called);
  }
});

test('the identity comes from the session, and one in the body is ignored', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const { body } = await browser.post('Factors', {
    identity: bob,
    friendly_name: 'x',
    config: { user: bob },
  });
  expect(body.identity).toBe(ada);
  await browser.post('Challenges', { identity: bob, factor_sid: `YF${'1'.repeat(32)}` });
  expect(stage.upstream.map(({ body: sent }) => JSON.parse(sent))).toEqual([
    { friendly_name: 'x', identity: ada },
    {},
  ]);
});

test('a registration that another user began in this browser cannot be finished', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const { challenge } = await browser.begin('Factors');
  browser.cookies.set('session', bob);
  const credential = (await createAuthenticator()).register(challenge);
  expect(await browser.post('VerifyFactor', credential)).toMatchObject(refused(409, 'ceremony_mismatch'));
  browser.cookies.delete('session');
  expect(await browser.post('VerifyFactor', credential)).toMatchObject(refused(401, 'not_signed_in'));
  expect(stage.upstream).toHaveLength(1);
  expect(stage.storage.size).toBe(0);
});

test('a passkey that neither the relay nor Verify knows is refused with 60390', async () => {
  const stage = setUp();
  const browser = openBrowser(stage);
  const { challenge } = await browser.begin('Challenges');
  const answer = await browser.post('ApproveChallenge', await (await createAuthenticator()).sign(challenge));
  expect(answer).toMatchObject(refused(404, 60390));
  expect(stage.upstream).toHaveLength(2);
  expect(stage.approvals).toEqual([]);
});

test('a userHandle of another user than the passkey is refused', async () => {
  const reasons: string[] = [];
  const onRefused = ({ message }: { message: string }) => void reasons.push(message);
  const stage = setUp({ relay: { onRefused } });
  const passkey = await openBrowser(stage, ada).register();
  const victim = await openBrowser(stage, bob).register();
  const browser = openBrowser(stage);
  const { challenge } = await browser.begin('Challenges');
  const credential = await passkey.sign(challenge, { userHandle: victim.userHandle });
  const sent = stage.upstream.length;
  expect(await browser.post('ApproveChallenge', credential)).toMatchObject(
    refused(403, 'unknown_credential'),
  );
  expect(reasons).toEqual([expect.stringContaining('userHandle is of another Entity')]);
  const nonsense = await passkey.sign(challenge, { userHandle: encode('bob') });
  expect(await browser.post('ApproveChallenge', nonsense)).toMatchObject(refused(400, 60420));
  expect(stage.upstream).toHaveLength(sent);
  expect(stage.approvals).toEqual([]);
});

test("another user's credential id with the attacker's own signature signs nobody in", async () => {
  const stage = setUp();
  const own = await openBrowser(stage, ada).register();
  const victim = await openBrowser(stage, bob).register();
  const browser = openBrowser(stage);
  const { challenge } = await browser.begin('Challenges');
  const credential = { ...(await own.sign(challenge)), id: victim.id, rawId: victim.id };
  expect(await browser.post('ApproveChallenge', credential)).toMatchObject(refused(403, 60324));
  expect(stage.approvals).toEqual([]);
});

test("if Verify approves another user's credential id, nobody signs in unless Verify names that user", async () => {
  const stage = setUp({
    verify: async (request, answer) => {
      if (!request.url.endsWith('/ApproveChallenge')) return answer();
      const sid = Buffer.from(
        JSON.parse(Buffer.from((await request.json()).response.clientDataJSON, 'base64url').toString())
          .challenge,
        'base64url',
      ).toString();
      return Response.json({ sid, status: 'approved', identity: ada, entity_sid: '', factor_sid: '' });
    },
  });
  const own = await openBrowser(stage, ada).register();
  const victim = await openBrowser(stage, bob).register();
  const browser = openBrowser(stage);
  const { challenge } = await browser.begin('Challenges');
  const credential = { ...(await own.sign(challenge)), id: victim.id, rawId: victim.id };
  expect(await browser.post('ApproveChallenge', credential)).toMatchObject(
    refused(502, 'verify_invalid_answer'),
  );
  expect(stage.approvals).toEqual([]);
});

test('a Challenge for the signed-in user can be approved only by that user', async () => {
  const stage = setUp({ relay: { identify: sessionOf } });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  const stranger = await openBrowser(stage, bob).register();
  expect((await browser.signIn(passkey)).body).toMatchObject({ status: 'approved', identity: ada });
  expect(JSON.parse(stage.upstream.at(-2)!.body)).toEqual({ identity: ada });
  const sent = stage.upstream.length + 1;
  expect(await browser.signIn(stranger)).toMatchObject(refused(409, 'ceremony_mismatch'));
  expect(stage.upstream).toHaveLength(sent);
  expect(stage.approvals).toHaveLength(1);
});

test('a passkey that the browser made without asking the user is registered, and a sign-in without the user is refused', async () => {
  const browser = openBrowser(setUp(), ada);
  const passkey = await createAuthenticator();
  const { challenge } = await browser.begin('Factors');
  const made = passkey.register(challenge, { flags: flag.userVerified | flag.attested });
  expect(await browser.post('VerifyFactor', made)).toMatchObject({ status: 200 });
  const begun = await browser.begin('Challenges');
  const signed = await passkey.sign(begun.challenge, { flags: flag.userVerified });
  const answer = await browser.post('ApproveChallenge', signed);
  expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: 'response.authenticatorData' }] } });
});

test('a challenge that encodes no SID is refused, and not sent to Verify', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  await browser.begin('Factors');
  await browser.begin('Challenges');
  stage.upstream.length = 0;
  for (const text of ['bob', '', `YE${'1'.repeat(32)}`]) {
    const signed = await passkey.sign(encode(text));
    expect((await browser.post('ApproveChallenge', signed)).body.status, text).toBe(400);
    expect((await browser.post('VerifyFactor', passkey.register(encode(text)))).status, text).toBe(400);
  }
  expect(stage.upstream).toEqual([]);
});

test('a known credential id cannot be registered again, by another user or by its owner', async () => {
  const stage = setUp();
  const passkey = await openBrowser(stage, ada).register();
  for (const user of [bob, ada]) {
    const browser = openBrowser(stage, user);
    const { challenge } = await browser.begin('Factors');
    const sent = stage.upstream.length;
    expect(await browser.post('VerifyFactor', passkey.register(challenge))).toMatchObject(
      refused(409, 60317),
    );
    expect(stage.upstream).toHaveLength(sent);
  }
  await openBrowser(stage).signIn(passkey);
  expect(stage.approvals).toMatchObject([{ identity: ada }]);
});

for (const [route, other] of [
  ['VerifyFactor', 'ApproveChallenge'],
  ['ApproveChallenge', 'VerifyFactor'],
]) {
  test(`${route} refuses the credential of ${other} and a body that is not a credential, and lists the issues`, async () => {
    const stage = setUp();
    const browser = openBrowser(stage, ada);
    const { challenge } = await browser.begin(route === 'VerifyFactor' ? 'Factors' : 'Challenges');
    stage.upstream.length = 0;
    const passkey = await createAuthenticator();
    const credential = route === 'VerifyFactor' ? await passkey.sign(challenge) : passkey.register(challenge);
    for (const body of [credential, {}, [], null, 'text', 7]) {
      const answer = await browser.post(route!, JSON.stringify(body));
      expect(answer).toMatchObject({ status: 400, body: { code: expect.any(Number), status: 400 } });
      expect(answer.body.issues[0]).toMatchObject({ code: answer.body.code, message: answer.body.message });
    }
    expect(JSON.stringify((await browser.post(route!, credential)).body)).not.toContain(passkey.id);
    expect(stage.upstream).toEqual([]);
  });
}

test('identify() hears in each call what the user is about to do', async () => {
  const steps: string[] = [];
  const identify: RelayConfig['identify'] = (request, step) => {
    steps.push(step);
    return sessionOf(request);
  };
  const browser = openBrowser(setUp({ relay: { identify } }), ada);
  const passkey = await browser.register();
  await browser.signIn(passkey);
  await browser.send('GET', 'Factors');
  await browser.post(`Factors/${passkey.sid}`, { friendly_name: 'Laptop' });
  await browser.send('DELETE', `Factors/${passkey.sid}`);
  const twice = (step: string) => [step, step];
  expect(steps).toEqual([...twice('register'), ...twice('authenticate'), ...twice('manage'), 'manage']);
});
