/** A prepared ceremony reaches the browser in the task of the click. */
import { spy } from '../spy.ts';
import { expect, test } from '../test.ts';

type PreparedRun = { atOnce: string[]; ended: unknown; all: string[] };

test('run() of a prepared sign-in reaches the browser in the same task, with no request between', async ({
  page,
  visit,
}) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  await spy(page);
  const { atOnce, ended, all } = await page.evaluate<PreparedRun>(async () => {
    const prepared = await passkeys.prepareAuthenticate();
    calls.length = 0;
    const running = outcome(prepared.run());
    return { atOnce: [...calls], ended: await running, all: calls };
  });
  expect(atOnce).toEqual(['get']);
  expect(ended).toMatchObject({ value: { status: 'approved' } });
  expect(all).toEqual(['get', 'ApproveChallenge']);
});

test('run() of a prepared registration reaches the browser in the same task, with no request between', async ({
  page,
  visit,
}) => {
  await visit();
  await spy(page);
  const { atOnce, ended, all } = await page.evaluate<PreparedRun>(async () => {
    const prepared = await passkeys.prepareRegister({ friendlyName: 'Phone' });
    calls.length = 0;
    const running = outcome(prepared.run());
    return { atOnce: [...calls], ended: await running, all: calls };
  });
  expect(atOnce).toEqual(['create']);
  expect(ended).toMatchObject({ value: { status: 'verified', friendlyName: 'Phone' } });
  expect(all).toEqual(['create', 'VerifyFactor']);
});

test('run() takes the turn from autofill without losing the task of the click', async ({ page, visit }) => {
  await visit();
  const watch = await spy(page);
  await page.evaluate(() => {
    Object.assign(globalThis, { waiting: outcome(passkeys.autofill()) });
  });
  await expect.poll(watch).toContain('get conditional');
  const { atOnce, ended } = await page.evaluate<PreparedRun>(async () => {
    const prepared = await passkeys.prepareRegister();
    calls.length = 0;
    const running = outcome(prepared.run());
    return { atOnce: [...calls], ended: await running, all: calls };
  });
  expect(atOnce).toEqual(['create']);
  expect(ended).toMatchObject({ value: { status: 'verified' } });
});

test('run() fetches new options when the prepared ones are past four fifths of their timeout', async ({
  page,
  visit,
}) => {
  const { shortenOptions } = await visit();
  await page.evaluate(() => passkeys.register());
  shortenOptions(5000);
  await spy(page);
  const prepared = await page.evaluateHandle(async () => {
    const ready = await passkeys.prepareAuthenticate();
    const { now } = Date;
    Date.now = () => now() + 4100;
    return ready;
  });
  shortenOptions();
  expect(await prepared.evaluate((ready) => outcome(ready.run()))).toMatchObject({
    value: { status: 'approved' },
  });
  expect(await page.evaluate(() => calls)).toEqual(['Challenges', 'Challenges', 'get', 'ApproveChallenge']);
});

test('a second call of run() fetches new options', async ({ page, visit }) => {
  await visit();
  await page.evaluate(() => passkeys.register());
  const prepared = await page.evaluateHandle(() => passkeys.prepareAuthenticate());
  for (const time of ['first', 'second']) {
    const ended = await prepared.evaluate((ready) => outcome(ready.run()));
    expect(ended, time).toMatchObject({ value: { status: 'approved' } });
  }
});
