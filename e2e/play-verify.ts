/** An emulator that tests call in Node as the relay does, and whole ceremonies with a software authenticator. */
import { expect } from '@playwright/test';
import { createEmulator, type EmulatorConfig } from 'verify-passkeys/emulator';
import { type Authenticator, createAuthenticator, page, type Wish } from './software-authenticator.ts';
import { accountSid, authToken, basic, identity, serviceSid } from './world.ts';

export const relyingParty = { id: page.rpId, name: 'Example', origins: [page.origin] };

/** The answer to a fetch. `body` is its parsed JSON. */
// biome-ignore lint/suspicious/noExplicitAny: the tests state what they expect of it.
export type Answer = { status: number; headers: Headers; body: any };

export const settings: EmulatorConfig = {
  serviceSid,
  accountSid,
  authToken,
  relyingParty,
  authenticatorAttachment: 'platform',
  discoverableCredentials: 'preferred',
  userVerification: 'preferred',
};

/** A storage that ignores changes once it is sealed, so that each credential meets the same state. */
export function createSealable() {
  const map = new Map<string, unknown>();
  let sealed = false;
  return {
    get: (key: string) => map.get(key),
    set: (key: string, value: unknown) => sealed || map.set(key, value),
    delete: (key: string) => sealed || map.delete(key),
    seal: () => {
      sealed = true;
    },
  };
}

export function playVerify(config: Partial<EmulatorConfig> = {}) {
  const emulator = createEmulator({ ...settings, ...config });

  async function call(path: string, { headers, ...init }: RequestInit = {}): Promise<Answer> {
    const response = await emulator.fetch(`https://verify.twilio.com/v2/Services/${serviceSid}${path}`, {
      ...init,
      headers: { authorization: basic, ...headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  }

  const post = (path: string, body: unknown) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  const beginFactor = (fields: object = {}) =>
    post('/Passkeys/Factors', { identity, friendly_name: 'Laptop', ...fields });
  const verifyFactor = (credential: unknown) => post('/Passkeys/VerifyFactor', credential);
  const beginChallenge = (fields: object = {}) => post('/Passkeys/Challenges', fields);
  const approveChallenge = (credential: unknown) => post('/Passkeys/ApproveChallenge', credential);

  return {
    call,
    post,
    beginFactor,
    verifyFactor,
    beginChallenge,
    approveChallenge,

    /** Runs a whole registration. */
    async register(own?: Authenticator, wish?: Wish, fields?: object) {
      const authenticator = own ?? (await createAuthenticator());
      const { body } = await beginFactor(fields);
      const credential = authenticator.register(body.options.publicKey.challenge, wish);
      return { authenticator, credential, answer: await verifyFactor(credential) };
    },

    /** Runs a whole sign-in. */
    async signIn(authenticator: Authenticator, wish?: Wish, fields?: object) {
      const { body } = await beginChallenge(fields);
      const credential = await authenticator.sign(body.options.publicKey.challenge, wish);
      return { credential, answer: await approveChallenge(credential) };
    },
  };
}

/** A refusal in Verify's form. */
export const refusal = (code: number, status: number) => ({
  status,
  body: {
    code,
    status,
    message: expect.any(String),
    more_info: `https://www.twilio.com/docs/errors/${code}`,
  },
});
