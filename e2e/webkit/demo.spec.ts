/** The demo in Safari's engine, which has no passkeys here. The demo says so, and its lab still works. */
import { By, until } from 'selenium-webdriver';
import { checkAuthentication } from 'verify-passkeys';
import { examples } from '../../demo/page/lab/examples.ts';
import { demandDemo } from '../built.ts';
import { type Host, startHost } from '../host.ts';
import { expect, test } from './webkit.ts';

demandDemo();
test.describe.configure({ mode: 'default' });

let host: Host;
test.beforeEach(async () => {
  host = await startHost();
});
test.afterEach(() => host.stop());

test('the demo says that this browser has no passkeys and what to do', async ({ driver }) => {
  await driver.get(host.url);
  const status = await driver.findElement(By.css('[role=status]'));
  await driver.wait(until.elementTextContains(status, 'This browser has no passkeys.'), 60_000);
  expect(await status.getText()).toContain('open the page in Chrome, Edge, Firefox or Safari itself');
  expect(await driver.findElement(By.id('talks-to')).getText()).toBe('The lab below still works.');
});

test('the lab judges a body that Verify refused, and fixes it', async ({ driver }) => {
  const twice = examples.find(({ id }) => id === 'twice')!;
  await driver.get(host.url);
  const located = until.elementLocated(By.xpath(`//button[normalize-space()='${twice.title}']`));
  const button = await driver.wait(located, 60_000);
  // WebDriver's own click does not wait until the page has scrolled to the button.
  await driver.executeScript('arguments[0].click()', button);
  const verdict = await driver.findElement(By.id('verdict'));
  await driver.wait(until.elementTextContains(verdict, 'wrong.'), 60_000);
  expect(await driver.findElements(By.css('#marks mark'))).not.toHaveLength(0);
  const pre = until.elementLocated(By.css('#lab pre.json[role=group]'));
  const fixed = await driver.wait(pre, 60_000).getText();
  expect(checkAuthentication(JSON.parse(fixed))).toEqual([]);
});

test('the demo fits a screen and a phone, with nothing to scroll sideways', async ({ driver, evaluate }) => {
  for (const [name, width, height] of [
    ['wide', 1280, 900],
    ['narrow', 400, 900],
  ] as const) {
    await driver.manage().window().setRect({ width, height, x: 0, y: 0 });
    await driver.get(host.url);
    const status = await driver.findElement(By.css('[role=status]'));
    await driver.wait(until.elementTextContains(status, 'no passkeys'), 60_000);
    const { inner, scroll } = await evaluate(() => ({
      inner: innerWidth,
      scroll: document.documentElement.scrollWidth,
    }));
    expect(scroll, name).toBeLessThanOrEqual(inner);
  }
});
