/** The Verify Service that the emulator plays for the demo, both on the server and in the worker. */
import type { EmulatorConfig } from 'verify-passkeys/emulator';

export const account = {
  serviceSid: `VA${'0'.repeat(32)}`,
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: 'emulated',
};

/** The Service's settings for the page of this address. */
export function serviceOf({ hostname, origin }: { hostname: string; origin: string }): EmulatorConfig {
  return {
    ...account,
    relyingParty: { id: hostname, name: 'verify-passkeys demo', origins: [origin] },
    authenticatorAttachment: 'any',
    discoverableCredentials: 'required',
    userVerification: 'preferred',
  };
}
