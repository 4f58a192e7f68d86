/** Firefox's virtual authenticator, with the same methods as Chromium's. */
import type { BrowserContext, Frame } from '@playwright/test';
import type { Authenticator, AuthenticatorOptions, VirtualCredential } from 'verify-passkeys/playwright';
import type { Send } from './marionette.ts';

type Held = Omit<VirtualCredential, 'id'> & { credentialId: string };

/** Firefox has one authenticator for all its pages. A held ceremony reaches it only after `confirm` or `refuse`. */
export async function addFirefoxAuthenticator(
  context: BrowserContext,
  send: Send,
  {
    transport = 'internal',
    hasResidentKey = true,
    hasUserVerification = true,
    isUserVerified = true,
  }: AuthenticatorOptions,
): Promise<Authenticator> {
  const able = { protocol: 'ctap2_1', transport, hasResidentKey, hasUserVerification };
  let verified = isUserVerified;
  let authenticatorId: string;
  let holding: { dispose(): Promise<void> } | undefined;
  // The member's name is plural, but it holds one credential.
  const put = (credentials: Held) => send('WebAuthn:AddCredential', { authenticatorId, credentials });
  const plug = async (isUserConsenting: boolean, credentials: Held[]) => {
    const options = { ...able, isUserVerified: verified, isUserConsenting };
    authenticatorId = (await send('WebAuthn:AddVirtualAuthenticator', options)) as string;
    for (const credential of credentials) await put(credential);
  };
  const read = async () => (await send('WebAuthn:GetCredentials', { authenticatorId })) as Held[];
  const unplug = () => send('WebAuthn:RemoveVirtualAuthenticator', { authenticatorId });
  const enter = async (mode: 'confirm' | 'hold' | 'refuse') => {
    const credentials = await read();
    await unplug();
    await plug(mode !== 'refuse', credentials);
    await holding?.dispose();
    // Pages opened later are held too.
    holding = mode === 'hold' ? await context.addInitScript(hold, true) : undefined;
    await inFrames((frame) => frame.evaluate(hold, mode === 'hold'));
  };
  // The call fails in a frame that was removed meanwhile. Such a frame needs no change.
  const inFrames = (act: (frame: Frame) => Promise<void>) =>
    Promise.all(context.pages().flatMap((page) => page.frames().map((frame) => act(frame).catch(() => {}))));
  const script = await context.addInitScript(waitWhileHeld);
  await inFrames((frame) => frame.evaluate(waitWhileHeld));
  await plug(true, []);

  return {
    kind: 'virtual',
    credentials: async () => (await read()).map(({ credentialId: id, ...rest }) => ({ id, ...rest })),
    add: async ({ id: credentialId, ...rest }) => {
      await put({ credentialId, ...rest });
    },
    remove: async (credentialId) => {
      await send('WebAuthn:RemoveCredential', { authenticatorId, credentialId });
    },
    clear: async () => {
      await send('WebAuthn:RemoveAllCredentials', { authenticatorId });
    },
    hold: () => enter('hold'),
    confirm: () => enter('confirm'),
    refuse: () => enter('refuse'),
    setUserVerified: async (succeeds) => {
      verified = succeeds;
      await send('WebAuthn:SetUserVerified', { authenticatorId, isUserVerified: succeeds });
    },
    unplug: async () => {
      await unplug();
      await holding?.dispose();
      await script.dispose();
    },
  };
}

declare global {
  var setHeld: (held: boolean) => void;
}

/** Runs in the page. Firefox's authenticator answers at once, so only the call itself can be held back. */
function waitWhileHeld(): void {
  if (typeof CredentialsContainer === 'undefined') return;
  const container = CredentialsContainer.prototype;
  const { create, get } = container;
  let released = Promise.resolve();
  let release = () => {};
  globalThis.setHeld = (held) => {
    release();
    if (held)
      released = new Promise((resolve) => {
        release = resolve;
      });
  };
  function keep<O extends { signal?: AbortSignal }>(ask: (options?: O) => Promise<Credential | null>) {
    return async function (this: CredentialsContainer, options?: O): Promise<Credential | null> {
      const { signal } = options ?? {};
      await new Promise<void>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        released.then(resolve);
      });
      return ask.call(this, options);
    };
  }
  Object.assign(container, { create: keep(create), get: keep(get) });
}

/** Runs in the page: holds its ceremonies, or lets them go on. */
function hold(held: boolean): void {
  globalThis.setHeld?.(held);
}
