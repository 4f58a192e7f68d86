/** The lab checks a pasted body at once, marks what is wrong, and fixes what needs no guess. It sends nothing. */

import { checkAuthentication, checkRegistration, fixAuthentication, fixRegistration } from 'verify-passkeys';
import { copyButton, toCurl } from '../copy.ts';
import { find, h } from '../element.ts';
import { type Example, examples } from './examples.ts';
import { locate, locateBreak } from './locate.ts';
import { reveal, show } from './verdict.ts';

const calls = {
  register: { route: 'VerifyFactor', check: checkRegistration, fix: fixRegistration },
  authenticate: { route: 'ApproveChallenge', check: checkAuthentication, fix: fixAuthentication },
};

type Call = (typeof calls)[keyof typeof calls];

const payload = () => find<HTMLTextAreaElement>('payload');
const select = () => find<HTMLSelectElement>('ceremony');
const call = () => (select().value === 'register' ? calls.register : calls.authenticate);

export function startLab(): void {
  find('examples').append(
    ...examples.map(({ id, title }) =>
      h(
        'li',
        {},
        h('button', { type: 'button', class: 'chip', 'data-example': id, onclick: () => choose(id) }, title),
      ),
    ),
  );
  payload().addEventListener('input', () => {
    // The address may name an example. It never holds what somebody pasted.
    if (location.hash.startsWith('#lab=')) history.replaceState(null, '', '#lab');
    read();
  });
  payload().addEventListener('scroll', () => {
    find('marks').scrollTop = payload().scrollTop;
  });
  select().addEventListener('change', read);
  addEventListener('hashchange', openLink);
  // After a reload or the Back button, the browser may restore the earlier text without an input event.
  addEventListener('pageshow', read);
  openLink();
}

/** Loads an example and names it in the address, so that the link can be shared. */
function choose(id: string): void {
  history.replaceState(null, '', `#lab=${id}`);
  loadExample();
}

/** Fills in the example that the address names. */
function loadExample(): void {
  const example = examples.find(({ id }) => location.hash === `#lab=${id}`);
  if (!example) return;
  select().value = example.ceremony;
  payload().value = example.make();
  read();
  reveal(find('marks').querySelector('mark'));
}

function openLink(): void {
  loadExample();
  if (location.hash.startsWith('#lab=')) find('lab').scrollIntoView();
}

/** Shows the button of an example as pressed while the payload holds that example. */
function markExample(text: string): void {
  const isShown = ({ ceremony, make }: Example) => ceremony === select().value && make() === text;
  const example = examples.find(isShown);
  for (const chip of find('examples').querySelectorAll('button')) {
    chip.setAttribute('aria-pressed', String(chip.dataset.example === example?.id));
  }
}

/** Shows what is wrong with the text that is in the payload now. The verdict of an earlier text never stays. */
function read(): void {
  const text = payload().value;
  markExample(text);
  find('fixed').replaceChildren();
  try {
    if (text.trim() === '')
      show('quiet', 'Nothing pasted yet.', 'Whatever you paste is checked at once.', []);
    else judge(text, call());
  } catch {
    // Some engines give up on values that are nested ten thousand levels deep.
    show(
      'bad',
      'This is nested too deeply to be read.',
      'A credential has two levels: paste only the body.',
      [],
    );
  }
}

function judge(text: string, { route, check, fix }: Call): void {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    show('bad', 'This is not JSON.', describeBreak(text), [], [locateBreak(text)]);
    return;
  }
  const issues = check(body);
  if (issues.length === 0) {
    const rest =
      'Verify still compares the challenge, origin and relying party. Everything else is in order.';
    show('good', `Fit to send to ${route}.`, rest, []);
    return;
  }
  const count = issues.length === 1 ? 'One thing is wrong.' : `${issues.length} things are wrong.`;
  const places = issues.map(({ path }) => locate(text, path));
  show('bad', count, `${route} would refuse this body.`, issues, places);
  const fixed = fix(body);
  if (fixed !== undefined) showFixed(route, JSON.stringify(fixed, null, 2), check(fixed).length === 0);
}

function describeBreak(text: string): string {
  if (/^\s*curl\s/.test(text)) return 'This is a whole curl command: paste only what follows --data.';
  if (/^\s*[\w.]+=[^&]*&/.test(text)) return 'This is form data: Verify takes application/json here.';
  if (/^\s*\{\s*[\w']/.test(text))
    return 'This looks like JavaScript: JSON needs double quotes around names and strings. Paste the result of JSON.stringify.';
  if (/^\s*</.test(text)) return 'This is HTML or XML: paste the body of the request to Verify.';
  return 'The text stops being JSON at the marked place. Was it cut, or was something added?';
}

function showFixed(route: string, json: string, isFit: boolean): void {
  const use = () => {
    payload().value = json;
    payload().dispatchEvent(new Event('input'));
    payload().focus();
  };
  find('fixed').replaceChildren(
    h('h3', {}, isFit ? 'The fixed body' : 'Fixed as far as possible without guessing'),
    h(
      'p',
      { class: 'hint' },
      isFit
        ? 'The same bytes, in the form that Verify takes.'
        : 'The rest needs a new ceremony, or another encoding in the page that made it.',
    ),
    h('pre', { class: 'json', tabindex: '0', role: 'group', 'aria-label': 'Fixed body' }, json),
    h(
      'p',
      { class: 'copies' },
      copyButton('Copy as JSON', () => json),
      copyButton('Copy as curl', () =>
        toCurl(`https://verify.twilio.com/${route}`, JSON.stringify(JSON.parse(json))),
      ),
      h('button', { type: 'button', class: 'quiet small', onclick: use }, 'Read it again'),
    ),
  );
}
