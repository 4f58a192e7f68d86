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

const secret = [/^[\x21-\x7e]+$/, 'ASCII without spaces'] as const;

/** The form of each variable, and what its value must be in words. */
const forms = {
  TWILIO_ACCOUNT_SID: [/^AC[0-9a-fA-F]{32}$/, 'AC and 32 hex digits'],
  TWILIO_AUTH_TOKEN: secret,
  TWILIO_API_KEY: [/^SK[0-9a-fA-F]{32}$/, 'SK and 32 hex digits'],
  TWILIO_API_KEY_SECRET: secret,
  TWILIO_VERIFY_SERVICE_SID: [/^VA[0-9a-fA-F]{32}$/, 'VA and 32 hex digits'],
} as const;

/** Throws a TypeError that names the variable if one of the account's is wrong, or is missing while others are set. */
export function chooseUpstream(environment: Environment, origin: string, storage: Section): Upstream {
  const isReal = Object.keys(forms).some((name) => environment[name]);
  if (!isReal) return { talksTo: 'emulator', account: emulate(origin, storage) };
  const read = (name: keyof typeof forms) => {
    const value = environment[name];
    const [form, what] = forms[name];
    if (value && form.test(value)) return value;
    if (value) throw new TypeError(`${name} must be ${what}.`);
    throw new TypeError(
      `${name} is missing: set it for real Verify, or none of the TWILIO_ variables for the emulator.`,
    );
  };
  const byKey = environment.TWILIO_API_KEY || environment.TWILIO_API_KEY_SECRET;
  const signIn = byKey
    ? { apiKey: read('TWILIO_API_KEY'), apiKeySecret: read('TWILIO_API_KEY_SECRET') }
    : { accountSid: read('TWILIO_ACCOUNT_SID'), authToken: read('TWILIO_AUTH_TOKEN') };
  return { talksTo: 'verify', account: { serviceSid: read('TWILIO_VERIFY_SERVICE_SID'), ...signIn } };
}

function emulate(origin: string, storage: Section): Upstream['account'] {
  const emulator = createEmulator({ ...serviceOf(new URL(origin)), storage });
  return { ...account, fetch: (request) => emulator.fetch(request) };
}
