import { checkAuthentication, checkRegistration } from 'verify-passkeys';
import { examples } from '../demo/examples.ts';
import { expect, test } from './demo.ts';

const mendable = ['flat', 'misspelled', 'decoded', 'twice', 'stringified', 'base64', 'hex', 'wrapped'];

for (const { id, title, step } of examples) {
  test(`the lab reads "${title}" at once${mendable.includes(id) ? ' and mends it' : ''}`, async ({
    page,
    startHost,
  }) => {
    const { url } = await startHost();
    await page.goto(url);
    await page.getByRole('button', { name: title, exact: true }).click();
    const verdict = page.locator('#verdict');
    if (id === 'fit') {
      await expect(verdict).toContainText('Fit to send to ApproveChallenge');
      return;
    }
    await expect(verdict).toContainText(id === 'cut' ? 'This is no JSON' : /wrong\./);
    await expect(page.locator('#marks mark').first()).toBeAttached();
    const mended = page.getByRole('group', { name: 'Mended body' });
    if (!mendable.includes(id)) {
      await expect(mended).toHaveCount(0);
      return;
    }
    const check = step === 'register' ? checkRegistration : checkAuthentication;
    expect(check(JSON.parse((await mended.textContent())!))).toEqual([]);
  });
}

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
