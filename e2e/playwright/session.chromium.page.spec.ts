/** A page that many tests share gets many authenticators, one after another. */
import { addAuthenticator } from 'verify-passkeys/playwright';
import { expect, isolated as test } from '../test.ts';

test('authenticators that come and go in one page open no further session and leave no listener behind, and the last one works', async ({
  page,
  visit,
  context,
  authenticator,
}) => {
  await visit();
  await authenticator.unplug();
  const open = context.newCDPSession.bind(context);
  let opened = 0;
  context.newCDPSession = (target) => {
    opened += 1;
    return open(target);
  };
  // Playwright's pages are Node's event emitters, but do not say so in their types.
  const listenersOf = () => (page as unknown as NodeJS.EventEmitter).listenerCount('close');
  const before = listenersOf();
  for (let i = 0; i < 12; i++) {
    const next = await addAuthenticator(context);
    await page.evaluate(() => passkeys.register());
    expect(await next.credentials()).toHaveLength(1);
    await next.unplug();
  }
  expect(opened).toBe(0);
  expect(listenersOf()).toBe(before);

  const first = await addAuthenticator(context);
  const second = await addAuthenticator(context, { transport: 'usb' });
  await second.unplug();
  expect(await page.evaluate(() => outcome(passkeys.register()))).toMatchObject({
    value: { status: 'verified' },
  });
  expect(await first.credentials()).toHaveLength(1);
});
