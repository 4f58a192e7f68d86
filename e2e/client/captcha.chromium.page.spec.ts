/** The guide's captcha: the page sends its token, and the wrapped relay begins no ceremony without a good one. */
import { compileForm } from '../package/component.ts';
import { blocksOf, importBlock } from '../readme.ts';
import { expect, test } from '../test.ts';

type Relay = (request: Request) => Promise<Response | undefined>;
type Guide = { demandCaptcha(relay: Relay, isHuman: (token: string) => Promise<boolean>): Relay };

const { demandCaptcha } = await importBlock<Guide>('// demand-captcha.ts');
const page = blocksOf('ts').find(({ code }) => code.includes('// captcha.ts'))!.code;

test('a page with a captcha token makes a passkey and signs in, and without one nothing reaches Verify', async ({
  page: tab,
  visit,
}) => {
  const asked: string[] = [];
  // A token is good once, as those of captchas are.
  const isHuman = async (token: string) => {
    const isFresh = token.startsWith('good') && !asked.includes(token);
    asked.push(token);
    return isFresh;
  };
  // The world's own relay answers if the wrapper lets a call pass.
  const { upstream } = await visit({ answer: demandCaptcha(async () => undefined, isHuman) });
  await tab.evaluate(() => {
    let tokens = 0;
    Object.assign(globalThis, { captcha: { getToken: async () => `good ${++tokens}` } });
  });
  const code = `${page}\nObject.assign(globalThis, { guarded: passkeys });`;
  await tab.addScriptTag({ type: 'module', content: await compileForm('ts', code) });
  expect(await tab.evaluate('outcome(guarded.register())')).toMatchObject({ value: { status: 'verified' } });
  expect(await tab.evaluate('outcome(guarded.authenticate())')).toMatchObject({
    value: { status: 'approved' },
  });
  expect(asked).toHaveLength(2);
  upstream.length = 0;
  for (const token of ['', 'bad', asked[0]!]) {
    await tab.evaluate(
      (captchaToken) => Object.assign(globalThis, { captcha: { getToken: async () => captchaToken } }),
      token,
    );
    for (const ceremony of ['register', 'authenticate']) {
      expect(await tab.evaluate(`outcome(guarded.${ceremony}())`), token).toMatchObject({
        code: 'rejected',
        rejection: { code: 'captcha', status: 403 },
      });
    }
  }
  expect(upstream).toEqual([]);
});
