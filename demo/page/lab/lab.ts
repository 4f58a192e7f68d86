/** The lab: reads a pasted body at once, marks what is wrong with it, and mends what takes no guess. It sends nothing. */

import { type Ceremony, ceremonies } from '../../../src/contract/ceremony.ts';
import { judgeCredential } from '../../../src/contract/check/check.ts';
import { explain } from '../../../src/contract/check/explain.ts';
import { judge as judgeBody } from '../../../src/contract/check/judge.ts';
import { copyButton, toCurl } from '../copy.ts';
import { find, h } from '../element.ts';
import { examples } from './examples.ts';
import { locate, locateBreak } from './locate.ts';
import { reveal, show } from './verdict.ts';

const payload = () => find<HTMLTextAreaElement>('payload');
const step = () => find<HTMLSelectElement>('step');

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
    // A link may carry an example, and never what somebody pasted.
    if (location.hash.startsWith('#lab=')) history.replaceState(null, '', '#lab');
    current();
    read();
  });
  payload().addEventListener('scroll', () => {
    find('marks').scrollTop = payload().scrollTop;
  });
  step().addEventListener('change', read);
  addEventListener('hashchange', openLink);
  openLink();
}

/** The address then carries the example, and may be passed on. */
function choose(id: string): void {
  history.replaceState(null, '', `#lab=${id}`);
  loadExample();
}

/** Fills in the example that the address names. */
function loadExample(): void {
  const example = examples.find(({ id }) => location.hash === `#lab=${id}`);
  if (!example) return;
  step().value = example.step;
  payload().value = example.make();
  current(example.id);
  read();
  reveal(find('marks').querySelector('mark'));
}

function openLink(): void {
  loadExample();
  if (location.hash.startsWith('#lab=')) find('lab').scrollIntoView();
}

/** Says which example the text is, if any. */
function current(id?: string): void {
  for (const chip of find('examples').querySelectorAll('button')) {
    chip.setAttribute('aria-pressed', String(chip.dataset.example === id));
  }
}

function read(): void {
  const text = payload().value;
  find('mended').replaceChildren();
  if (text.trim() === '') {
    show('quiet', 'Nothing pasted yet.', 'Whatever you paste is read at once.', []);
    return;
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    show('bad', 'This is no JSON.', whyNoJson(text), [], [locateBreak(text)]);
    return;
  }
  judge(text, step().value as Ceremony, body);
}

function judge(text: string, chosen: Ceremony, body: unknown): void {
  const route = ceremonies[chosen].finish;
  const { findings } = judgeBody(chosen, body);
  if (findings.length === 0) {
    const rest = 'Challenge, origin and relying party are for Verify to compare; the rest is in order.';
    show('good', `Fit to send to ${route}.`, rest, []);
    return;
  }
  const { issues, fixed: mended } = explain(chosen, body, {}, findings);
  const count = issues.length === 1 ? 'One thing is wrong.' : `${issues.length} things are wrong.`;
  const places = issues.map(({ path }) => locate(text, path));
  show('bad', count, `${route} would refuse this body.`, issues, places);
  if (JSON.stringify(mended) !== JSON.stringify(body)) showMended(chosen, mended);
}

function whyNoJson(text: string): string {
  if (/^\s*curl\s/.test(text)) return 'It is a whole curl command: paste what stands after --data alone.';
  if (/^\s*[\w.]+=[^&]*&/.test(text)) return 'It is a form: Verify takes application/json here.';
  if (/^\s*\{\s*[\w']/.test(text))
    return "It looks like JavaScript: JSON wants every name and text in double quotes. Paste JSON.stringify's result.";
  if (/^\s*</.test(text)) return 'It is HTML or XML: paste the body of the request to Verify.';
  return 'The marked place is where JSON ends. Is it cut, or has something been added?';
}

function showMended(chosen: Ceremony, mended: unknown): void {
  const left = judgeCredential(chosen, mended).issues ?? [];
  const pretty = JSON.stringify(mended, null, 2);
  const use = () => {
    payload().value = pretty;
    payload().dispatchEvent(new Event('input'));
    payload().focus();
  };
  find('mended').replaceChildren(
    h('h3', {}, left.length ? 'Mended as far as it goes without guessing' : 'The mended body'),
    h(
      'p',
      { class: 'hint' },
      left.length
        ? 'The rest takes a new ceremony, or another encoding where it was made.'
        : 'The same bytes, in the form that Verify takes.',
    ),
    h('pre', { class: 'json', tabindex: '0', role: 'group', 'aria-label': 'Mended body' }, pretty),
    h(
      'p',
      { class: 'copies' },
      copyButton('Copy as JSON', () => pretty),
      copyButton('Copy as curl', () =>
        toCurl(`https://verify.twilio.com/${ceremonies[chosen].finish}`, JSON.stringify(mended)),
      ),
      h('button', { type: 'button', class: 'quiet small', onclick: use }, 'Read it again'),
    ),
  );
}
