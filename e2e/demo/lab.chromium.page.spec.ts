/** The lab reads a payload, marks what is wrong and mends what it can. */
import { checkAuthentication, checkRegistration } from 'verify-passkeys';
import { examples } from '../../demo/page/lab/examples.ts';
import { expect, hideAutofill, test } from '../start-demo.ts';

const mendable = ['flat', 'misspelled', 'decoded', 'twice', 'stringified', 'base64', 'hex', 'wrapped'];

test('the lab reads each classic mistake at once, and mends it where that takes no guess', async ({
  page,
  startHost,
}) => {
  const { url } = await startHost();
  await page.goto(url);
  const verdict = page.locator('#verdict');
  const mended = page.getByRole('group', { name: 'Mended body' });
  for (const { id, title, step, make } of examples.filter(({ id }) => id !== 'fit')) {
    await test.step(title, async () => {
      await page.getByRole('button', { name: title, exact: true }).click();
      await expect(page.getByLabel('Payload')).toHaveValue(make());
      await expect(verdict).toContainText(id === 'cut' ? 'This is no JSON' : /wrong\./);
      await expect(page.locator('#marks mark').first()).toBeAttached();
      await expect(mended).toHaveCount(mendable.includes(id) ? 1 : 0);
      if (!mendable.includes(id)) return;
      const check = step === 'register' ? checkRegistration : checkAuthentication;
      expect(check(JSON.parse((await mended.textContent())!))).toEqual([]);
    });
  }
});

test('the lab says of a body without fault that it is fit to send', async ({ page, startHost }) => {
  const { url } = await startHost();
  await page.goto(`${url}#lab=fit`);
  await expect(page.locator('#verdict')).toContainText('Fit to send to ApproveChallenge');
  await expect(page.locator('#marks mark')).toHaveCount(0);
});

test('the lab marks the very member that is wrong, and selects it on request', async ({
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

test('what is pasted is sent nowhere and stands in no link', async ({ page, startHost }) => {
  // Autofill fetches a Challenge of its own.
  await hideAutofill(page);
  const { url } = await startHost();
  await page.goto(`${url}#lab=flat`);
  await expect(page.getByText('Ready when')).toBeVisible();
  const calls: string[] = [];
  page.on('request', (request) => calls.push(request.url()));
  await page.getByLabel('Payload').fill('{ "secret": "pasted" }');
  await page.getByLabel('Step').selectOption('register');
  await expect(page.locator('#verdict')).toContainText('would refuse');
  expect(calls).toEqual([]);
  expect(new URL(page.url()).hash).toBe('#lab');
  await page.getByLabel('Payload').fill("curl 'https://example.com' -d '{}'");
  await expect(page.locator('#verdict')).toContainText('paste what stands after --data');
});
