/** The lab reads a payload, marks what is wrong and fixes what it can. */
import { checkAuthentication, checkRegistration } from 'verify-passkeys';
import { examples } from '../../demo/page/lab/examples.ts';
import { authentication } from '../../demo/page/lab/recorded.ts';
import { expect, hideAutofill, test } from '../start-demo.ts';

const fixable = [
  'flat',
  'misspelled',
  'decoded',
  'twice',
  'stringified',
  'base64',
  'hex',
  'key-id',
  'flat-bytes',
  'made-up-attachment',
  'wrapped',
];

test('the lab finds each classic mistake at once, and fixes those that it can fix without a guess', async ({
  page,
  startHost,
}) => {
  const { url } = await startHost();
  await page.goto(url);
  const verdict = page.locator('#verdict');
  const fixed = page.getByRole('group', { name: 'Fixed body' });
  for (const { id, title, ceremony, make } of examples.filter(({ id: other }) => other !== 'fit')) {
    await test.step(title, async () => {
      await page.getByRole('button', { name: title, exact: true }).click();
      await expect(page.getByLabel('Payload')).toHaveValue(make());
      await expect(verdict).toContainText(id === 'cut' ? 'This is not JSON' : /wrong\./);
      await expect(page.locator('#marks mark').first()).toBeAttached();
      // Of a flat body whose bytes are lost only the place of the members can be fixed.
      await expect(fixed).toHaveCount(fixable.includes(id) || id === 'flat-buffers' ? 1 : 0);
      if (!fixable.includes(id)) return;
      const check = ceremony === 'register' ? checkRegistration : checkAuthentication;
      expect(check(JSON.parse((await fixed.textContent())!))).toEqual([]);
    });
  }
});

test('the lab says that a body without mistakes is fit to send', async ({ page, startHost }) => {
  const { url } = await startHost();
  await page.goto(`${url}#lab=fit`);
  await expect(page.locator('#verdict')).toContainText('Fit to send to ApproveChallenge');
  await expect(page.locator('#marks mark')).toHaveCount(0);
});

test('the lab marks exactly the member that is wrong, and selects it on request', async ({
  page,
  startHost,
}) => {
  const { url } = await startHost();
  await page.goto(`${url}#lab=misspelled`);
  await expect(page.locator('#marks mark')).toHaveText(/^"clientDataJson": "[\w-]+"$/);
  await page.getByRole('button', { name: 'Show in the text' }).click();
  const selected = await page.evaluate(() => {
    const { value, selectionStart, selectionEnd } = document.querySelector('textarea')!;
    return value.slice(selectionStart, selectionEnd);
  });
  expect(selected).toMatch(/^"clientDataJson": "[\w-]+"$/);
});

test('a pasted text is sent nowhere and does not become part of the link', async ({ page, startHost }) => {
  // Autofill fetches a Challenge of its own.
  await hideAutofill(page);
  const { url } = await startHost();
  await page.goto(`${url}#lab=flat`);
  await expect(page.getByText('Ready when')).toBeVisible();
  const calls: string[] = [];
  page.on('request', (request) => calls.push(request.url()));
  await page.getByLabel('Payload').fill('{ "secret": "pasted" }');
  await page.getByLabel('Ceremony').selectOption('register');
  await expect(page.locator('#verdict')).toContainText('would refuse');
  expect(calls).toEqual([]);
  expect(new URL(page.url()).hash).toBe('#lab');
  await page.getByLabel('Payload').fill("curl 'https://example.com' -d '{}'");
  await expect(page.locator('#verdict')).toContainText('paste only what follows --data');
});

test('the lab answers every text, however deeply it is nested, and never keeps the verdict of an earlier one', async ({
  page,
  startHost,
}) => {
  const { url } = await startHost();
  const verdict = page.locator('#verdict .what');
  const nest = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
  const { response, ...head } = authentication;
  const flat = JSON.stringify({ ...head, ...response }).slice(0, -1);
  const texts: [text: string, verdict: RegExp][] = [
    [nest(100_000, '[', ']'), /^One thing is wrong/],
    [nest(100_000, '[', ''), /^This is not JSON/],
    [nest(100_000, '{"a":', '}').replace(':}', ':1}'), /^One thing is wrong/],
    [`${flat},"more":${nest(100_000, '[', ']')}}`, /^This is nested too deeply/],
    [`${flat}}`, /^One thing is wrong/],
    ['"', /^This is not JSON/],
    ['', /^Nothing pasted yet/],
  ];
  await page.goto(`${url}#lab=fit`);
  for (const [text, expected] of texts) {
    await page.getByLabel('Payload').fill(JSON.stringify(authentication));
    await expect(verdict).toHaveText('Fit to send to ApproveChallenge.');
    await page.getByLabel('Payload').fill(text);
    await expect(verdict).toHaveText(expected);
    await expect(page.getByRole('group', { name: 'Fixed body' })).toHaveCount(text === `${flat}}` ? 1 : 0);
  }
});

test('the lab reads the text that the browser restores after the Back button', async ({
  page,
  startHost,
}) => {
  const { url } = await startHost();
  await page.goto(url);
  await page.getByLabel('Payload').fill('{ "user": "Ada" }');
  await expect(page.locator('#verdict .what')).toHaveText('One thing is wrong.');
  await page.goto('about:blank');
  await page.goBack();
  const isEmpty = (await page.getByLabel('Payload').inputValue()) === '';
  await expect(page.locator('#verdict .what')).toHaveText(
    isEmpty ? 'Nothing pasted yet.' : 'One thing is wrong.',
  );
});
