/** Chromium's virtual authenticator, one for all pages of a browser context. */
import type { BrowserContext, Page } from '@playwright/test';
import { toBase64 } from '../contract/bytes.ts';
import type { Ability, Authenticator } from './authenticator.ts';
import { fromHeld, type HeldCredential, toHeld } from './credential.ts';
import { delayFirstCalls } from './first-call.ts';
import { createPageAuthenticator, type PageAuthenticator } from './page-authenticator.ts';

export async function addVirtualAuthenticator(
  context: BrowserContext,
  { isUserVerified, ...can }: Ability,
): Promise<Authenticator> {
  const protocol = { protocol: 'ctap2', ctap2Version: 'ctap2_1' } as const;
  const able = { ...protocol, ...can };
  const authenticators = new Map<Page, PageAuthenticator>();
  const held = new Map<string, HeldCredential>();
  let mode: 'confirm' | 'hold' | 'refuse' = 'confirm';
  let verified = isUserVerified;

  const everywhere = async (act: (authenticator: PageAuthenticator) => Promise<void>, except?: Page) => {
    for (const [page, authenticator] of authenticators) {
      if (page !== except) await act(authenticator).catch(unlessClosed(page));
    }
  };
  const reset = (authenticator: PageAuthenticator) =>
    mode === 'refuse'
      ? authenticator.replace({ ...able, ...refuser }, [])
      : authenticator.replace({ ...able, isUserVerified: verified }, held.values());

  // One change at a time: a call waits for the pages and credentials that were reported before it.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(run: () => Promise<R>): Promise<R> => {
    const done = queue.then(run);
    queue = queue.then(() => done.catch(() => {}));
    return done;
  };
  const forgetPage = (page: Page) => void authenticators.delete(page);
  const attached = new WeakMap<Page, Promise<void>>();
  const attach = (page: Page): Promise<void> => {
    const done = attached.get(page) ?? attachOnce(page);
    attached.set(page, done);
    return done;
  };
  const attachOnce = (page: Page) =>
    inTurn(async () => {
      page.on('close', forgetPage);
      const authenticator = await createPageAuthenticator(page, {
        onKept: (credential) => void inTurn(() => spread(page, credential)),
        onDropped: (id) => void inTurn(() => forget(id, page)),
      });
      authenticators.set(page, authenticator);
      await reset(authenticator);
      await authenticator.setPresent(mode !== 'hold');
    }).catch(unlessClosed(page));

  const spread = async (from: Page | undefined, credential: HeldCredential) => {
    const id = credential.credentialId;
    const known = held.has(id);
    held.set(id, credential);
    if (mode === 'refuse') return;
    await everywhere(async (authenticator) => {
      if (known) await authenticator.remove(id);
      await authenticator.add(credential);
    }, from);
  };
  const forget = async (id: string, from?: Page) => {
    if (held.delete(id) && mode !== 'refuse')
      await everywhere((authenticator) => authenticator.remove(id), from);
  };

  const enter = (next: typeof mode) =>
    inTurn(async () => {
      const swap = (next === 'refuse') !== (mode === 'refuse');
      mode = next;
      await everywhere(async (authenticator) => {
        if (swap) await reset(authenticator);
        await authenticator.setPresent(mode !== 'hold');
      });
    });

  context.on('page', attach);
  const endDelay = await delayFirstCalls(context, attach);
  await Promise.all(context.pages().map(attach));

  return {
    kind: 'virtual',
    credentials: () =>
      inTurn(async () => {
        await everywhere((authenticator) => authenticator.waitForEvents());
      }).then(() => inTurn(async () => [...held.values()].map(fromHeld))),
    add: (credential) =>
      inTurn(async () => {
        const added = toHeld(credential);
        if (held.has(added.credentialId)) throw new Error('add: the authenticator holds this id already');
        if (mode !== 'refuse') await everywhere((authenticator) => authenticator.add(added));
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
    setUserVerified: (succeeds) =>
      inTurn(async () => {
        verified = succeeds;
        if (mode !== 'refuse') await everywhere((authenticator) => authenticator.setUserVerified(succeeds));
      }),
    unplug: () =>
      inTurn(async () => {
        context.off('page', attach);
        endDelay();
        await everywhere((authenticator) => authenticator.detach());
        for (const page of authenticators.keys()) page.off('close', forgetPage);
        authenticators.clear();
      }),
  };
}

/** An empty authenticator with these settings refuses every ceremony, whether it asks for verification or not. */
const refuser = { ctap2Version: 'ctap2_0', hasUserVerification: true, isUserVerified: false } as const;

function unlessClosed(page: Page) {
  return (error: unknown) => {
    if (!page.isClosed()) throw error;
  };
}
