/** Chooses whom the relay talks to: real Verify if the environment names an account, otherwise the emulator. */

import { createEmulator } from 'verify-passkeys/emulator';
import type { RelayConfig } from 'verify-passkeys/relay';
import { account, serviceOf } from '../service.ts';
import type { Section } from './store.ts';

/** The relay's part of the configuration, and the name that the page shows. */
export type Upstream = {
  talksTo: 'emulator' | 'verify';
  account: Pick<RelayConfig, 'serviceSid' | 'fetch'> &
    ({ accountSid: string; authToken: string } | { apiKey: string; apiKeySecret: string });
};

type Environment = Record<string, string | undefined>;

const names = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_API_KEY',
  'TWILIO_API_KEY_SECRET',
  'TWILIO_VERIFY_SERVICE_SID',
] as const;

/** Throws a TypeError that names the missing variable if only some of the account's variables are set. */
export function chooseUpstream(environment: Environment, origin: string, storage: Section): Upstream {
  const isReal = names.some((name) => environment[name]);
  if (!isReal) return { talksTo: 'emulator', account: emulate(origin, storage) };
  const read = (name: (typeof names)[number]) => {
    const value = environment[name];
    if (value) return value;
    throw new TypeError(
      `${name} is missing: set it for real Verify, or none of the TWILIO_ variables for the emulator.`,
    );
  };
  const byKey = environment.TWILIO_API_KEY || environment.TWILIO_API_KEY_SECRET;
  const secret = byKey
    ? { apiKey: read('TWILIO_API_KEY'), apiKeySecret: read('TWILIO_API_KEY_SECRET') }
    : { accountSid: read('TWILIO_ACCOUNT_SID'), authToken: read('TWILIO_AUTH_TOKEN') };
  return { talksTo: 'verify', account: { serviceSid: read('TWILIO_VERIFY_SERVICE_SID'), ...secret } };
}

function emulate(origin: string, storage: Section): Upstream['account'] {
  const emulator = createEmulator({ ...serviceOf(new URL(origin)), storage });
  return { ...account, fetch: (request) => emulator.fetch(request) };
}
