/** Playwright's test with a world to visit and a virtual authenticator in the browser. */
import { test as base, type CDPSession } from '@playwright/test';
import { startWorld, type World, type WorldConfig } from './world.ts';

type AuthenticatorOptions = {
  hasUserVerification?: boolean;
  isUserVerified?: boolean;
  automaticPresenceSimulation?: boolean;
  hasResidentKey?: boolean;
};

type Fixtures = {
  authenticator: Authenticator;
  authenticatorOptions: AuthenticatorOptions;
  /** Starts a world of one's own and opens its bare page. */
  visit: (config?: WorldConfig) => Promise<World>;
};

export type Authenticator = {
  cdp: CDPSession;
  id: string;
  credentials(): Promise<{ credentialId: string }[]>;
};

export const test = base.extend<Fixtures>({
  authenticatorOptions: [{}, { option: true }],

  authenticator: [
    async ({ page, authenticatorOptions }, use) => {
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('WebAuthn.enable', { enableUI: false });
      const { authenticatorId: id } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          ctap2Version: 'ctap2_1',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
          ...authenticatorOptions,
        },
      });
      const credentials = async () =>
        (await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials;
      await use({ cdp, id, credentials });
    },
    { auto: true },
  ],

  visit: async ({ page }, use) => {
    const worlds: World[] = [];
    await use(async (config) => {
      const world = await startWorld(config);
      worlds.push(world);
      await page.goto(world.origin);
      await page.waitForFunction(() => 'passkeys' in globalThis);
      return world;
    });
    for (const world of worlds) await world.stop();
  },
});

export { expect } from '@playwright/test';
