/** The virtual authenticator of one page, over CDP. Chromium has a separate one for each page. */
import type { CDPSession, Disposable, Frame, Page } from '@playwright/test';
import type { HeldCredential } from './credential.ts';

type VirtualAuthenticatorOptions = {
  protocol: 'ctap2';
  ctap2Version: 'ctap2_0' | 'ctap2_1';
  transport: 'internal' | 'usb' | 'nfc' | 'ble' | 'hybrid';
  hasResidentKey: boolean;
  hasUserVerification: boolean;
  isUserVerified: boolean;
};

/** Called when a ceremony or the Signal API changes the credentials of this page. */
type Listener = { onKept(credential: HeldCredential): void; onDropped(credentialId: string): void };

export type PageAuthenticator = {
  /** Replaces the page's authenticator with a new one that holds these credentials. */
  replace(options: VirtualAuthenticatorOptions, credentials: Iterable<HeldCredential>): Promise<void>;
  add(credential: HeldCredential): Promise<void>;
  remove(credentialId: string): Promise<void>;
  /** Resolves when the listener has been called for all changes so far. */
  waitForEvents(): Promise<void>;
  setUserVerified(isUserVerified: boolean): Promise<void>;
  /** Sets whether somebody touches it. CDP cannot touch it later, so a ceremony that waits is started again. */
  setPresent(isPresent: boolean): Promise<void>;
  unplug(): Promise<void>;
  /** Removes everything from the page, as if it had never had an authenticator. */
  detach(): Promise<void>;
};

/** The CDP session of each page. It stays open: when it ends, Chromium unplugs all authenticators of the page. */
const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** Each further session of a page makes its navigations slower, so all its authenticators share one. */
function sessionOf(page: Page): Promise<CDPSession> {
  const session = sessions.get(page) ?? openSession(page);
  sessions.set(page, session);
  return session;
}

async function openSession(page: Page): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  return cdp;
}

export async function createPageAuthenticator(page: Page, listener: Listener): Promise<PageAuthenticator> {
  const cdp = await sessionOf(page);
  let authenticatorId = '';
  /** Chromium reports a credential that is removed from here in the same way as one that the page drops. */
  const removing = new Set<string>();
  let script: Disposable | undefined;
  const onKept = (told: { authenticatorId: string; credential: HeldCredential }) => {
    if (told.authenticatorId === authenticatorId) listener.onKept(told.credential);
  };
  const onDropped = (told: { authenticatorId: string; credentialId: string }) => {
    const isOurs = removing.has(told.credentialId);
    if (told.authenticatorId === authenticatorId && !isOurs) listener.onDropped(told.credentialId);
  };
  cdp.on('WebAuthn.credentialAdded', onKept);
  cdp.on('WebAuthn.credentialUpdated', onKept);
  cdp.on('WebAuthn.credentialAsserted', onKept);
  cdp.on('WebAuthn.credentialDeleted', onDropped);

  const runEverywhere = (act: (frame: Frame) => Promise<void>) =>
    Promise.all(page.frames().map((frame) => runInFrame(frame, act)));
  const callEverywhere = (name: 'interrupt' | 'askAnew') =>
    runEverywhere((frame) => frame.evaluate(call, name));

  const release = async () => {
    await script?.dispose();
    script = undefined;
    await callEverywhere('askAnew');
  };

  const authenticator: PageAuthenticator = {
    async replace(options, credentials) {
      // A pending ceremony would reach the new authenticator before its credentials are on it.
      if (script) await callEverywhere('interrupt');
      await authenticator.unplug();
      ({ authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options }));
      for (const credential of credentials) await authenticator.add(credential);
    },
    async add(credential) {
      await cdp.send('WebAuthn.addCredential', { authenticatorId, credential });
    },
    async remove(credentialId) {
      removing.add(credentialId);
      await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId });
      removing.delete(credentialId);
    },
    async waitForEvents() {
      await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    },
    async setUserVerified(isUserVerified) {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    async setPresent(enabled) {
      await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
      if (!enabled && !script) {
        // Playwright's init script reaches later documents too, and frames of another site, which run in other
        // processes.
        script = await page.addInitScript(keepAsking);
        await runEverywhere((frame) => frame.evaluate(keepAsking));
      }
      if (enabled && script) await release();
    },
    async detach() {
      cdp.off('WebAuthn.credentialAdded', onKept);
      cdp.off('WebAuthn.credentialUpdated', onKept);
      cdp.off('WebAuthn.credentialAsserted', onKept);
      cdp.off('WebAuthn.credentialDeleted', onDropped);
      await authenticator.unplug();
      if (script) await release();
    },
    async unplug() {
      const left = authenticatorId;
      authenticatorId = '';
      if (left) await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: left });
    },
  };
  return authenticator;
}

/**
 * Runs `act` in a frame. If the frame navigates meanwhile, tries again with the next document. Skips a frame that is
 * gone.
 */
async function runInFrame(frame: Frame, act: (frame: Frame) => Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < 3 && !frame.isDetached(); attempt++) {
    const done = await act(frame).then(
      () => true,
      () => false,
    );
    if (done) return;
  }
}

/** Runs in the page. Wraps its calls to the browser until `askAnew`. */
function keepAsking(): void {
  const key = Symbol.for('verify-passkeys.playwright');
  const page: Asking = globalThis;
  if (page[key] || typeof CredentialsContainer === 'undefined') return;
  const container = CredentialsContainer.prototype;
  const { create, get } = container;
  let interruption = new AbortController();
  let resume = () => {};
  const resumed = new Promise<void>((resolve) => {
    resume = resolve;
  });
  function keep<O extends { signal?: AbortSignal }>(ask: (options?: O) => Promise<Credential | null>) {
    return async function (this: CredentialsContainer, options?: O): Promise<Credential | null> {
      const own = options?.signal;
      for (;;) {
        const { signal } = interruption;
        try {
          const either = AbortSignal.any(own ? [own, signal] : [signal]);
          // A copy of the options is still of their type.
          return await ask.call(this, { ...options, signal: either } as O);
        } catch (error) {
          if (!signal.aborted || own?.aborted) throw error;
          await resumed;
        }
      }
    };
  }
  Object.assign(container, { create: keep(create), get: keep(get) });
  page[key] = {
    interrupt: () => interruption.abort(),
    askAnew() {
      Object.assign(container, { create, get });
      delete page[key];
      interruption.abort();
      interruption = new AbortController();
      resume();
    },
  };
}

type Asking = { [key: symbol]: { interrupt(): void; askAnew(): void } | undefined };

/** Runs in the page. */
function call(name: 'interrupt' | 'askAnew'): void {
  const page: Asking = globalThis;
  page[Symbol.for('verify-passkeys.playwright')]?.[name]();
}
