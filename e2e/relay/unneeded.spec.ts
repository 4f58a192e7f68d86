/** The relay needs few members of Verify's answers, and no other can make it fail. */
import { expect, test } from '@playwright/test';
import { spoils, spoilText } from '../unneeded.ts';
import { ada, openBrowser, refused, setUp } from './stage.ts';

test('the relay works whatever Verify says in members that nothing depends on', async () => {
  for (const [what, value] of spoils) {
    const stage = setUp({
      relay: { onVerified: () => true },
      verify: async (_, answer) => {
        const response = await answer();
        const text = await response.text();
        return response.status === 204 ? response : new Response(spoilText(text, value), response);
      },
    });
    const browser = openBrowser(stage, ada);
    const passkey = await browser.register();
    expect(await browser.signIn(passkey), what).toMatchObject({ status: 200, body: { identity: ada } });
    const { body } = await browser.send('GET', 'Factors');
    expect(body, what).toMatchObject({ factors: [{ sid: passkey.sid, credential_id: passkey.id }] });
    const renamed = await browser.post(`Factors/${passkey.sid}`, { friendly_name: 'Key ring' });
    expect(renamed, what).toMatchObject({ status: 200, body: { friendly_name: 'Key ring' } });
    expect(await browser.send('DELETE', `Factors/${passkey.sid}`), what).toMatchObject({ status: 200 });
  }
});

test("the relay keeps the number of Verify's refusal whatever else it says", async () => {
  for (const [what, value] of spoils) {
    const error = '{"code":60323,"message":"Expired","more_info":"https://www.twilio.com/","status":403}';
    const stage = setUp({
      verify: async () => new Response(spoilText(error, value, 'status'), { status: 403 }),
    });
    expect(await openBrowser(stage).post('Challenges', {}), what).toMatchObject(refused(403, 60323));
  }
});

test('a passkey is registered and kept if VerifyFactor answers approved instead of verified', async () => {
  const stage = setUp({
    verify: async (request, answer) => {
      const response = await answer();
      if (!/VerifyFactor$|Factors(\/YF\w+)?(\?.*)?$/.test(request.url) || request.method === 'DELETE')
        return response;
      const text = (await response.text()).replaceAll('"status":"verified"', '"status":"approved"');
      return new Response(text, response);
    },
  });
  const browser = openBrowser(stage, ada);
  const passkey = await browser.register();
  expect(await browser.signIn(passkey)).toMatchObject({ status: 200, body: { identity: ada } });
  const { body } = await browser.send('GET', 'Factors');
  expect(body).toMatchObject({ factors: [{ sid: passkey.sid, status: 'verified' }], complete: true });
});

test('every form of options and metadata that a document shows works through the relay', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: each row changes the answer in its own way.
  const forms: [what: string, change: (answer: any) => void][] = [
    ['bare options', (answer) => Object.assign(answer, { options: answer.options.publicKey })],
    [
      'one object for the list of algorithms',
      ({ options: { publicKey } }) =>
        publicKey.pubKeyCredParams &&
        Object.assign(publicKey, { pubKeyCredParams: publicKey.pubKeyCredParams[0] }),
    ],
    [
      'creation options in a Challenge',
      ({ options: { publicKey } }) =>
        publicKey.rpId &&
        Object.assign(publicKey, { rp: { id: publicKey.rpId, name: 'X' }, rpId: undefined }),
    ],
    ['metadata as text', (answer) => Object.assign(answer, { metadata: JSON.stringify(answer.metadata) })],
  ];
  for (const [what, change] of forms) {
    const stage = setUp({
      verify: async (request, answer) => {
        const response = await answer();
        if (request.method === 'DELETE') return response;
        const body = await response.json();
        if (body.options || what.startsWith('metadata'))
          for (const each of body.factors ?? [body]) change(each);
        return Response.json(body, { status: response.status });
      },
    });
    const browser = openBrowser(stage, ada);
    const passkey = await browser.register();
    expect(await browser.signIn(passkey), what).toMatchObject({ status: 200 });
    const { body } = await browser.send('GET', 'Factors');
    expect(body.factors, what).toMatchObject([
      { sid: passkey.sid, last_used: expect.stringMatching(/^\d{4}-/) },
    ]);
    const begun = await browser.post('Challenges', {});
    expect(begun.body.options.publicKey, what).toMatchObject({ rpId: 'example.com' });
  }
});
