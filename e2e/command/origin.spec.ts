/** Relay, emulator and command judge how an origin is written by one rule. */
import { expect, test } from '@playwright/test';
import { createEmulator } from 'verify-passkeys/emulator';
import { createRelay } from 'verify-passkeys/relay';
import { settings } from '../play-verify.ts';
import { run } from '../run-command.ts';
import { accountSid, authToken, cookieSecret, serviceSid } from '../world.ts';
import { startVerify } from './start-verify.ts';

const origins: Record<string, boolean> = {
  'https://login.example.com': true,
  'https://login.example.com:8443': true,
  'http://localhost:3000': true,
  [`android:apk-key-hash:${'q6ur'.repeat(10)}q6s`]: true,
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop': true,
  'moz-extension://6f1d4f0e-0b0a-4f0e-9a52-2f2b3c4d5e6f': true,
  'capacitor://localhost': true,
  // The last two bits of the hash are not zero, so no app sends it.
  [`android:apk-key-hash:${'q6ur'.repeat(10)}q6t`]: false,
  'android:apk-key-hash:AA:BB': false,
  'https://login.example.com/': false,
  'https://login.example.com:443': false,
  'https://Login.example.com': false,
  'https://*.example.com': false,
  'chrome-extension://*': false,
  'capacitor://localhost/': false,
  'Capacitor://localhost': false,
  'ios:bundle-id:com.example': false,
  'login.example.com': false,
  'localhost:3000': false,
  null: false,
};

test('relay, emulator and service check take and refuse the same origins', async () => {
  const accepts = (create: () => unknown) => {
    try {
      create();
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      return false;
    }
  };
  const relay = { serviceSid, accountSid, authToken, cookieSecret, identify: () => null, storage: new Map() };
  const party = { id: 'example.com', name: 'Example' };
  const verify = await startVerify();
  verify.storage.set(`service:${serviceSid}`, {
    sid: serviceSid,
    friendlyName: 'Example',
    relyingParty: { ...party, origins: Object.keys(origins) },
    criteria: {},
    created: 0,
    updated: 0,
  });
  const args = ['service', 'check', '--json', '--origin', 'https://www.example.com'];
  const { out } = await run(args, verify.variables);
  await verify.stop();
  for (const [origin, isFit] of Object.entries(origins)) {
    const judged = [
      accepts(() => createRelay({ ...relay, origins: [origin] })),
      accepts(() => createRelay({ ...relay, origins: ['https://example.com'], topOrigins: [origin] })),
      accepts(() => createEmulator({ ...settings, relyingParty: { ...party, origins: [origin] } })),
      accepts(() => createEmulator({ ...settings, topOrigins: [origin] })),
      !out.includes(`The origin \\"${origin}\\" `),
    ];
    expect(judged, origin).toEqual([isFit, isFit, isFit, isFit, isFit]);
  }
});
