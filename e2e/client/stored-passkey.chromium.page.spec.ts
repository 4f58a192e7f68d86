/** A security key that stores no passkey, with each setting of the Service for passkeys that need no user name. */

import { expect, test } from '../test.ts';
import { identity } from '../world.ts';

test.use({ authenticatorOptions: { hasResidentKey: false, transport: 'usb' } });

for (const setting of ['required', 'preferred', 'discouraged'] as const) {
  const isRequired = setting === 'required';
  test(`a security key that stores no passkey ${isRequired ? 'is refused by the browser, and nothing is made' : 'registers, and signs in only if the user name comes first'}, if the Service says ${setting}`, async ({
    page,
    visit,
    authenticator,
  }) => {
    let isNameGiven = false;
    const { upstream, shortenOptions } = await visit({
      emulator: { discoverableCredentials: setting },
      relay: { identify: (_, step) => (step === 'authenticate' && !isNameGiven ? null : { identity }) },
    });
    const registered = await page.evaluate(() => outcome(passkeys.register()));
    if (isRequired) {
      expect(registered).toMatchObject({
        code: 'cancelled', // The browser does not say which.
        message: expect.stringMatching(/no authenticator here can do .* \(.*residentKey required/),
      });
      expect(upstream.map(({ path }) => path.split('/').at(-1))).toEqual(['Factors']);
      expect(await authenticator.credentials()).toEqual([]);
      expect(await page.evaluate(() => outcome(passkeys.list()))).toEqual({ value: [] });
      return;
    }
    expect(registered).toMatchObject({ value: { status: 'verified' } });
    expect(await authenticator.credentials()).toMatchObject([{ isResidentCredential: false }]);
    const signIn = () => page.evaluate(() => outcome(passkeys.authenticate()));
    shortenOptions(3000);
    expect(await signIn()).toMatchObject({ code: 'cancelled' });
    isNameGiven = true;
    shortenOptions();
    expect(await signIn()).toMatchObject({ value: { status: 'approved', identity } });
  });
}
