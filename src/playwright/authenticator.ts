/** One authenticator for all pages of a browser context. */
import type { BrowserContext, Page } from '@playwright/test';
import { fromHeld, type HeldCredential, toBase64, toHeld, type VirtualCredential } from './credential.ts';
import { createSeat, type Seat } from './seat.ts';

/** What the authenticator can do. https://www.w3.org/TR/webauthn-3/#sctn-automation-virtual-authenticators */
export type AuthenticatorOptions = {
  /**
   * `internal` is one built into the device, all others are roaming ones. Chromium takes one `internal` in a page.
   *
   * @default 'internal'
   */
  transport?: 'internal' | 'usb' | 'nfc' | 'ble' | 'hybrid' | undefined;
  /**
   * Whether it keeps discoverable credentials, which passkeys are.
   *
   * @default true
   */
  hasResidentKey?: boolean | undefined;
  /**
   * Whether it can verify its user at all, by a PIN or a fingerprint.
   *
   * @default true
   */
  hasUserVerification?: boolean | undefined;
  /**
   * Whether that succeeds, until `setUserVerified` says otherwise.
   *
   * @default true
   */
  isUserVerified?: boolean | undefined;
};

/** One authenticator, the same for all pages of a browser context. */
export type Authenticator = {
  /** What it holds now. */
  credentials(): Promise<VirtualCredential[]>;
  /**
   * Puts a credential on it: one that `credentials()` gave in an earlier test, say.
   *
   * @throws Error where an id is held already, or Chromium does not take it: a key of another kind
   */
  add(credential: VirtualCredential): Promise<void>;
  /** @throws Error where it holds no credential of this id */
  remove(id: string): Promise<void>;
  /** Takes all credentials away. */
  clear(): Promise<void>;
  /** From now on nobody touches it: a ceremony stays pending until `confirm`, `refuse`, its signal or its timeout. */
  hold(): Promise<void>;
  /** From now on the user agrees, which is how it begins; a ceremony that was held goes on. */
  confirm(): Promise<void>;
  /** From now on the user refuses: ceremonies, a held one too, end in NotAllowedError until `confirm` or `hold`. */
  refuse(): Promise<void>;
  /** Whether verifying the user succeeds; where it does not, `userVerification: 'required'` is NotAllowedError. */
  setUserVerified(isUserVerified: boolean): Promise<void>;
  /** Takes it out of the context, with all that it holds. */
  unplug(): Promise<void>;
};

/**
 * Puts an authenticator into a context: what the fixture does, for a second device or a context of one's own.
 *
 * Pages opened later get it as soon as Playwright tells of them; await any method of it before such a page makes its
 * first call, and it is there.
 *
 * @throws Error in Firefox and WebKit
 */
export async function addAuthenticator(
  context: BrowserContext,
  {
    transport = 'internal',
    hasResidentKey = true,
    hasUserVerification = true,
    isUserVerified = true,
  }: AuthenticatorOptions = {},
): Promise<Authenticator> {
  const name = context.browser()?.browserType().name() ?? 'chromium';
  if (name !== 'chromium') {
    throw new Error(
      `verify-passkeys/playwright needs Chromium, got ${name}: run this test in a project of browserName 'chromium'.`,
    );
  }
  const protocol = { protocol: 'ctap2', ctap2Version: 'ctap2_1' } as const;
  const able = { ...protocol, transport, hasResidentKey, hasUserVerification };
  const seats = new Map<Page, Seat>();
  const held = new Map<string, HeldCredential>();
  let mode: 'confirm' | 'hold' | 'refuse' = 'confirm';
  let verified = isUserVerified;

  const everywhere = async (act: (seat: Seat) => Promise<void>, except?: Page) => {
    for (const [page, seat] of seats) {
      if (page !== except) await act(seat).catch(unlessClosed(page));
    }
  };
  const plug = (seat: Seat) =>
    mode === 'refuse'
      ? seat.plug({ ...able, ...refuser }, [])
      : seat.plug({ ...able, isUserVerified: verified }, held.values());

  // One thing at a time: whoever calls comes after the pages and credentials that were told of before.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(run: () => Promise<R>): Promise<R> => {
    const done = queue.then(run);
    queue = queue.then(() => done.catch(() => {}));
    return done;
  };
  const attach = (page: Page) =>
    inTurn(async () => {
      page.on('close', () => seats.delete(page));
      const seat = await createSeat(page, {
        kept: (credential) => void inTurn(() => spread(page, credential)),
        dropped: (id) => void inTurn(() => forget(id, page)),
      });
      seats.set(page, seat);
      await plug(seat);
      await seat.setPresent(mode !== 'hold');
    }).catch(unlessClosed(page));

  const spread = async (from: Page | undefined, credential: HeldCredential) => {
    const id = credential.credentialId;
    const known = held.has(id);
    held.set(id, credential);
    if (mode === 'refuse') return;
    await everywhere(async (seat) => {
      if (known) await seat.drop(id);
      await seat.put(credential);
    }, from);
  };
  const forget = async (id: string, from?: Page) => {
    if (held.delete(id) && mode !== 'refuse') await everywhere((seat) => seat.drop(id), from);
  };

  const enter = (next: typeof mode) =>
    inTurn(async () => {
      const swap = (next === 'refuse') !== (mode === 'refuse');
      mode = next;
      await everywhere(async (seat) => {
        if (swap) await plug(seat);
        await seat.setPresent(mode !== 'hold');
      });
    });

  context.on('page', attach);
  await Promise.all(context.pages().map(attach));

  return {
    credentials: () =>
      inTurn(async () => {
        await everywhere((seat) => seat.settle());
      }).then(() => inTurn(async () => [...held.values()].map(fromHeld))),
    add: (credential) =>
      inTurn(async () => {
        const added = toHeld(credential);
        if (held.has(added.credentialId)) throw new Error('add: the authenticator holds this id already');
        if (mode !== 'refuse') await everywhere((seat) => seat.put(added));
        held.set(added.credentialId, added);
      }),
    remove: (id) =>
      inTurn(async () => {
        if (!held.has(toBase64(id)))
          throw new Error('remove: the authenticator holds no credential of this id');
        await forget(toBase64(id));
      }),
    clear: () =>
      inTurn(async () => {
        for (const id of held.keys()) await forget(id);
      }),
    hold: () => enter('hold'),
    confirm: () => enter('confirm'),
    refuse: () => enter('refuse'),
    setUserVerified: (isUserVerified) =>
      inTurn(async () => {
        verified = isUserVerified;
        if (mode !== 'refuse') await everywhere((seat) => seat.setUserVerified(isUserVerified));
      }),
    unplug: () =>
      inTurn(async () => {
        context.off('page', attach);
        await everywhere((seat) => seat.leave());
        seats.clear();
      }),
  };
}

/** Of this kind, and with nothing on it, an authenticator refuses whatever it is asked, verification or not. */
const refuser = { ctap2Version: 'ctap2_0', hasUserVerification: true, isUserVerified: false } as const;

function unlessClosed(page: Page) {
  return (error: unknown) => {
    if (!page.isClosed()) throw error;
  };
}
