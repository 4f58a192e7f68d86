/** The signed-in user's passkeys: shows the name, dates and authenticator of each, and renames or removes it. */
import { createPasskeys, type Passkey } from 'verify-passkeys';
import { find, h } from './element.ts';
import { at, tellTabs } from './session.ts';
import { isNameTooLong, say, sayError } from './status.ts';
import { tell } from './words.ts';

const passkeys = () => createPasskeys({ baseUrl: at('passkeys') });

export async function showPasskeys(): Promise<void> {
  try {
    const all = await passkeys().list();
    const { nameAuthenticator } = await import('./authenticators.ts');
    draw(all, nameAuthenticator);
  } catch (error) {
    const { what, next } = tell(error);
    find('passkeys').replaceChildren(
      h('p', { class: 'empty' }, `Your passkeys cannot be shown. ${what} ${next}`),
    );
  }
}

const rowOf = (sid: string) => find('passkeys').querySelector<HTMLElement>(`[data-sid="${sid}"]`);

/** Ends the renaming or removing of a passkey, and draws the list again. */
async function leaveRow(sid: string): Promise<void> {
  rowOf(sid)?.removeAttribute('data-open');
  await showPasskeys();
}

/** Names an authenticator by its AAGUID. */
type NameOf = (aaguid: string | undefined) => string;

/**
 * Draws the list. A row in which a passkey is being renamed or removed stays as it is: what the visitor typed is in it.
 * The focus stays where it was, or goes to the first button of its row, or to the heading if that row is gone.
 */
function draw(all: Passkey[], nameOf: NameOf): void {
  const count = all.length === 1 ? '1 passkey' : `${all.length} passkeys`;
  const heading = h(
    'h3',
    { tabindex: '-1' },
    'Your passkeys ',
    h('span', { class: 'count' }, all.length ? count : 'none yet'),
  );
  const rows = all.map((passkey) => {
    const row = rowOf(passkey.sid);
    if (row?.hasAttribute('data-open')) return row;
    return h('li', { 'data-sid': passkey.sid }, ...drawPasskey(passkey, nameOf));
  });
  // It is read before an open row moves to the new list, since the move takes the focus away.
  const focused = document.activeElement as HTMLElement;
  const focusedRow = focused.closest<HTMLElement>('[data-sid]');
  const list = h('ul', {}, ...rows);
  find('passkeys').replaceChildren(
    heading,
    all.length
      ? list
      : h(
          'p',
          { class: 'empty' },
          'No passkey yet: create one before you sign out, or nobody can come back to this account.',
        ),
  );
  if (!focusedRow) return;
  const next = focused.isConnected ? focused : rowOf(focusedRow.dataset.sid!)?.querySelector('button');
  (next ?? heading).focus();
}

/** A row that is not being edited: the passkey's name, its authenticator, and when it was made and last used. */
function drawPasskey(passkey: Passkey, nameOf: NameOf): Node[] {
  const called = passkey.friendlyName ?? passkey.sid;
  const row = (make: (passkey: Passkey) => Node[]) => (event: Event) => {
    const item = (event.target as Element).closest('li')!;
    item.dataset.open = '';
    item.replaceChildren(...make(passkey));
    item.querySelector<HTMLElement>('input, .danger')?.focus();
  };
  return [
    h(
      'div',
      { class: 'about' },
      h('p', { class: 'called' }, called),
      h('p', { class: 'hint' }, nameOf(passkey.aaguid)),
      h('p', { class: 'hint' }, `Made ${when(passkey.dateCreated)} · last used ${when(passkey.lastUsed)}`),
    ),
    h(
      'div',
      {},
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': `Rename ${called}`, onclick: row(drawRenaming) },
        'Rename',
      ),
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': `Remove ${called}`, onclick: row(drawRemoving) },
        'Remove',
      ),
    ),
  ];
}

function drawRenaming(passkey: Passkey): Node[] {
  const called = passkey.friendlyName ?? '';
  const input = h('input', {
    type: 'text',
    value: called,
    'aria-label': 'New name',
    autocomplete: 'off',
  });
  const leave = () => leaveRow(passkey.sid);
  const save = async (event: Event) => {
    event.preventDefault();
    const wish = input.value.trim();
    if (isNameTooLong(wish)) return;
    if (wish && wish !== called) {
      await change(passkey, `Your passkey is now called ${wish}.`, () =>
        passkeys().rename(passkey.sid, wish),
      );
    } else await leave();
  };
  const form = h(
    'form',
    { class: 'about', onsubmit: (event) => void save(event) },
    input,
    h('button', { type: 'submit' }, 'Save'),
    h('button', { type: 'button', class: 'quiet', onclick: () => void leave() }, 'Cancel'),
  );
  form.addEventListener('keydown', ({ key }) => key === 'Escape' && void leave());
  return [form];
}

function drawRemoving(passkey: Passkey): Node[] {
  const called = passkey.friendlyName ?? 'This passkey';
  const remove = () => void change(passkey, `${called} is removed.`, () => passkeys().remove(passkey.sid));
  const keep = () => void leaveRow(passkey.sid);
  const onkeydown = (event: Event) => event instanceof KeyboardEvent && event.key === 'Escape' && keep();
  return [
    h('p', { class: 'about' }, `Remove ${called}? Nobody can sign in with it after that.`),
    h('button', { type: 'button', class: 'danger', onclick: remove, onkeydown }, 'Remove it'),
    h('button', { type: 'button', class: 'quiet', onclick: keep, onkeydown }, 'Keep it'),
  ];
}

async function change({ sid }: Passkey, done: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
    say('good', done);
    tellTabs();
  } catch (error) {
    sayError(error);
  }
  await leaveRow(sid);
}

function when(date: string | undefined): string {
  if (date === undefined) return 'never';
  return new Date(date).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
