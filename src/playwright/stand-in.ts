/** Playwright's own stand-in for an authenticator, for browsers that give Playwright no virtual authenticator. */
import type { BrowserContext } from '@playwright/test';
import { fromBytes, toBytes } from '../contract/bytes.ts';
import type { Ability, Authenticator } from './authenticator.ts';
import type { VirtualCredential } from './credential.ts';

/** The contexts that have a stand-in. Playwright keeps one for each context, so a second would share its passkeys. */
const taken = new WeakSet<BrowserContext>();

export async function addStandIn(
  context: BrowserContext,
  ability: Ability,
  browserName: string,
): Promise<Authenticator> {
  // Playwright before 1.61 lacks this member.
  const credentials: BrowserContext['credentials'] | undefined = context.credentials;
  const cannot = (what: string) =>
    new Error(
      `A stand-in for an authenticator, which is all that Playwright has in ${browserName}, cannot ${what}: run this test in a project of browserName 'chromium'.`,
    );
  if (!credentials) {
    throw new Error(
      `verify-passkeys/playwright needs Chromium, or Playwright 1.61 and newer in ${browserName}: this Playwright has no context.credentials.`,
    );
  }
  if (ability.transport !== 'internal') throw cannot(`have the transport '${ability.transport}'`);
  if (!ability.hasResidentKey) throw cannot('do without discoverable credentials');
  if (!ability.hasUserVerification || !ability.isUserVerified) throw cannot('leave its user unverified');
  if (taken.has(context)) throw cannot('be added to a context twice');
  taken.add(context);

  // Pages look for this interface before they ask for a passkey, and WebKit on Linux lacks it.
  await context.addInitScript(definePublicKeyCredential);
  for (const page of context.pages()) await page.evaluate(definePublicKeyCredential);
  await credentials.install();

  return {
    kind: 'stand-in',
    credentials: async () => (await credentials.get()).map(fromPlaywright),
    add: async (credential) => {
      const { id, rpId, privateKey, userHandle, signCount } = credential;
      if ((await credentials.get({ id })).length > 0) {
        throw new Error('add: the authenticator holds this id already');
      }
      if (!userHandle || !credential.isResidentCredential) {
        throw cannot('hold a credential that is not discoverable or has no userHandle');
      }
      const publicKey = await toPublicKey(privateKey);
      await credentials.create(rpId, { id, privateKey, publicKey, userHandle, signCount });
    },
    remove: async (id) => {
      const [held] = await credentials.get({ id });
      if (!held) throw new Error('remove: the authenticator holds no credential of this id');
      await credentials.delete(id);
    },
    clear: () => clear(credentials),
    hold: () => Promise.reject(cannot('hold a ceremony')),
    refuse: () => Promise.reject(cannot('refuse a ceremony')),
    confirm: async () => {},
    setUserVerified: async (isUserVerified) => {
      if (!isUserVerified) throw cannot('leave its user unverified');
    },
    // Playwright removes the stand-in only with the context. Until then it holds no passkeys, so it answers nothing.
    unplug: async () => {
      await clear(credentials);
      taken.delete(context);
    },
  };
}

type Credentials = BrowserContext['credentials'];
type PlaywrightCredential = Awaited<ReturnType<Credentials['get']>>[number];

async function clear(credentials: Credentials): Promise<void> {
  for (const { id } of await credentials.get()) await credentials.delete(id);
}

function fromPlaywright({
  id,
  rpId,
  privateKey,
  userHandle,
  signCount,
}: PlaywrightCredential): VirtualCredential {
  return { id, rpId, privateKey, userHandle, signCount, isResidentCredential: true };
}

/** Playwright needs both halves of the key: otherwise it makes a new pair. */
async function toPublicKey(privateKey: string): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = await crypto.subtle.importKey('pkcs8', toBytes(privateKey), algorithm, true, ['sign']);
  // Without its secret member d, a JWK is the public key.
  const { d: _, ...half } = await crypto.subtle.exportKey('jwk', pair);
  const jwk = { ...half, key_ops: ['verify'] };
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify']);
  return fromBytes(new Uint8Array(await crypto.subtle.exportKey('spki', key)));
}

/** Runs in the page. Playwright adds the members that pages use to this interface. */
function definePublicKeyCredential(): void {
  if (!isSecureContext || 'PublicKeyCredential' in globalThis) return;
  Object.assign(globalThis, { PublicKeyCredential: class PublicKeyCredential {} });
}
