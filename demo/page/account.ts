/** Lets the visitor create a passkey, sign in and sign out, and shows how each ceremony ended. */
import { capabilities, createPasskeys, type Passkeys } from 'verify-passkeys';
import { find, h } from './element.ts';
import { showPasskeys } from './passkeys.ts';
import { at, onOtherTab, readSession, type Session, signOut, signUp, tellTabs } from './session.ts';
import { isNameTooLong, say, sayError } from './status.ts';
import { drawTrace } from './wire/stations.ts';
import { startTrace, type Trace } from './wire/trace.ts';

const name = () => find<HTMLInputElement>('name');

let session: Session;
/** Whom the page shows as signed in; undefined until it has shown anybody. */
let drawnUser: string | null | undefined;
/** Aborts the ceremony that a button started. */
let waiting = new AbortController();
/** Aborts autofill, which waits in the background while nobody is signed in. */
let offering: AbortController | undefined;

export async function startAccount(): Promise<Session> {
  find<HTMLFormElement>('account').addEventListener('submit', (event) => {
    event.preventDefault();
    void create();
  });
  find('sign-in').addEventListener('click', () => void signIn());
  find('stop').addEventListener('click', () => waiting.abort());
  name().addEventListener('input', () => name().removeAttribute('aria-invalid'));
  onOtherTab(() => void readSession().then(show));
  await show(await readSession());
  setBusy(false);
  if (session.name === null) say('quiet', 'Ready when you are.', { next: 'No password, no e-mail address.' });
  else say('quiet', `Welcome back, ${session.name}.`, { next: 'You are still signed in on this browser.' });
  return session;
}

async function create(): Promise<void> {
  const typed = name().value.trim();
  if (!typed) {
    name().setAttribute('aria-invalid', 'true');
    name().focus();
    say('bad', 'Your name is missing.', { next: 'Type any name: your passkey will have that name.' });
    return;
  }
  if (isNameTooLong(typed)) {
    name().setAttribute('aria-invalid', 'true');
    name().focus();
    return;
  }
  await run('register', async (passkeys, signal) => {
    if (session.name === null) session = await signUp(typed);
    const { status } = await passkeys.register({ friendlyName: typed, signal });
    say('good', 'Your passkey is made, and you are signed in.', {
      verdict: status,
      next: 'Sign out and come back with it whenever you like.',
    });
  });
}

async function signIn(): Promise<void> {
  await run('authenticate', async (passkeys, signal) => {
    const { status } = await passkeys.authenticate({ signal });
    await welcome(status);
  });
}

async function welcome(verdict: string): Promise<void> {
  session = await readSession();
  say('good', `You are signed in as ${session.name}.`, { verdict });
}

/** Runs a ceremony that a button started: traces it, lets the visitor stop it, and shows how it ended. */
async function run(
  ceremony: Trace['ceremony'],
  perform: (passkeys: Passkeys, signal: AbortSignal) => Promise<void>,
) {
  waiting = new AbortController();
  const pressed = document.activeElement;
  setBusy(true);
  // A button that is disabled loses the focus.
  if (pressed instanceof HTMLButtonElement) find('stop').focus();
  say('busy', 'Waiting for your browser…', { next: 'Confirm with your fingerprint, face or screen lock.' });
  try {
    await perform(traced(startTrace(ceremony, drawTrace)), waiting.signal);
  } catch (error) {
    sayError(error);
  } finally {
    setBusy(false);
    await show(session);
    tellTabs();
    if (pressed instanceof HTMLButtonElement && document.activeElement === document.body) pressed.focus();
  }
}

/** Offers passkeys among the browser's suggestions for the name field, until a button starts another ceremony. */
async function offerAutofill(): Promise<void> {
  if (offering || !(await capabilities()).autofill) return;
  offering = new AbortController();
  // Autofill shows nothing until the visitor has picked a passkey.
  const isPicked = ({ stations }: Trace) => stations[2]!.state !== 'ahead';
  const trace = startTrace('authenticate', (changed) => {
    if (isPicked(changed)) drawTrace(changed);
  });
  try {
    const { status } = await traced(trace).autofill({ signal: offering.signal });
    await welcome(status);
    await show(session);
    tellTabs();
  } catch (error) {
    if (!isPicked(trace)) return;
    sayError(error);
  } finally {
    offering = undefined;
  }
}

const traced = ({ fetch, onEvent }: Trace) => createPasskeys({ baseUrl: at('passkeys'), fetch, onEvent });

function setBusy(isBusy: boolean): void {
  find('stop').hidden = !isBusy;
  for (const id of ['create', 'sign-in']) find<HTMLButtonElement>(id).disabled = isBusy;
  find('try').setAttribute('aria-busy', String(isBusy));
}

async function show(now: Session): Promise<void> {
  session = now;
  const { name: who } = session;
  find('create').textContent = who === null ? 'Create a passkey' : 'Add a passkey';
  find('name-hint').textContent =
    who === null
      ? 'Any name will do. Your passkey gets this name.'
      : 'Adds a second passkey to this account, for example on another device or a security key.';
  if (who === null) {
    drawUser(null);
    find('passkeys').replaceChildren();
    void offerAutofill();
    return;
  }
  offering?.abort();
  if (!name().value) name().value = who;
  drawUser(who);
  await showPasskeys();
}

/** Says who is signed in. For the same user nothing is drawn again, since the button may have the focus. */
function drawUser(who: string | null): void {
  if (drawnUser === who) return;
  drawnUser = who;
  const leave = h(
    'button',
    { type: 'button', class: 'quiet', onclick: () => void leaveAccount() },
    'Sign out',
  );
  const said =
    who === null
      ? [h('p', {}, 'Nobody is signed in here.')]
      : [h('p', {}, 'Signed in as ', h('strong', {}, who)), leave];
  find('signed-in').replaceChildren(...said);
}

async function leaveAccount(): Promise<void> {
  const { name: who } = session;
  await show(await signOut());
  tellTabs();
  say('quiet', `Goodbye, ${who}. You are signed out.`, { next: 'Your passkey brings you back.' });
  name().focus();
}
