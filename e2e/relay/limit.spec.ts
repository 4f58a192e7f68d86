/** The guide's limiter stands in front of all routes, since one cookie buys any number of calls to Verify. */
import { expect, test } from '@playwright/test';
import { importBlock } from '../readme.ts';
import { createAuthenticator } from '../software-authenticator.ts';
import { at, openBrowser, type Relay, setUp } from './stage.ts';

type Guide = { limit(relay: Relay, findAddress: (request: Request) => string): Relay };

const { limit } = await importBlock<Guide>('// limit.ts');

test('a program with one cookie reaches Verify at every try, and with the limiter at most sixty times a minute', async () => {
  const stage = setUp();
  let address = '203.0.113.7';
  const limited = { relay: limit(stage.relay, () => address) };
  const passkey = await createAuthenticator();
  const finished = () => stage.upstream.filter(({ path }) => path.endsWith('/ApproveChallenge')).length;
  /** Begins once, and posts seventy credentials that Verify does not know. Returns the last answer. */
  const attack = async (target: { relay: Relay }) => {
    stage.upstream.length = 0;
    const browser = openBrowser(target);
    const body = await passkey.sign((await browser.begin('Challenges')).challenge);
    const cookies = [...browser.cookies];
    for (let tries = 1; ; tries++) {
      const answer = await browser.post('ApproveChallenge', body);
      if (tries === 70) return answer;
      // The relay may have told the browser to forget the cookie. A program keeps it.
      for (const [name, value] of cookies) browser.cookies.set(name, value);
    }
  };
  await attack(stage);
  expect(finished()).toBe(70);
  const refusal = await at(0, () => attack(limited));
  expect(finished()).toBe(59);
  expect(refusal).toMatchObject({ status: 429, body: { code: 'rate_limited', status: 429 } });
  const seconds = Number(refusal.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  // Nobody else is kept out, and a minute later the address is let in again.
  address = '203.0.113.8';
  expect(await openBrowser(limited).post('Challenges', {})).toMatchObject({ status: 201 });
  address = '203.0.113.7';
  await at(61, () => attack(limited));
  expect(finished()).toBe(59);
});
