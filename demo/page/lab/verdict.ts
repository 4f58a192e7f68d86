/** The lab's verdict: what is wrong, shown in words and marked in the payload. */
import type { Issue } from 'verify-passkeys';
import { find, h } from '../element.ts';
import type { Place } from './locate.ts';

const payload = () => find<HTMLTextAreaElement>('payload');

export function show(tone: string, what: string, rest: string, issues: Issue[], places: Place[] = []): void {
  const verdict = find('verdict');
  verdict.dataset.tone = tone;
  verdict.replaceChildren(
    h('p', { class: 'what' }, what),
    h('p', {}, rest),
    ...(issues.length
      ? [h('ol', { class: 'issues' }, ...issues.map((issue, i) => showIssue(issue, places[i]!)))]
      : []),
  );
  mark(places);
}

function showIssue({ path, code, message, fix }: Issue, { start, end }: Place): HTMLElement {
  const goThere = () => {
    payload().focus();
    payload().setSelectionRange(start, end);
    reveal(find('marks').querySelector<HTMLElement>(`[data-start="${start}"]`));
  };
  const about = `https://www.twilio.com/docs/api/errors/${code}`;
  return h(
    'li',
    {},
    h(
      'p',
      { class: 'where' },
      h('a', { href: about, rel: 'noreferrer', 'aria-label': `Twilio's page of ${code}` }, String(code)),
      ' ',
      h('code', {}, path || 'the whole body'),
      ' ',
      h('button', { type: 'button', class: 'quiet small', onclick: goThere }, 'Show in the text'),
    ),
    h('p', {}, message),
    h('p', { class: 'fix' }, fix),
  );
}

/** Shows the text once more behind the one that is typed in, with the places marked. */
function mark(places: Place[]): void {
  const text = payload().value;
  const layer = find('marks');
  layer.replaceChildren();
  let at = 0;
  for (const { start, end } of [...places].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    layer.append(text.slice(at, start), h('mark', { 'data-start': String(start) }, text.slice(start, end)));
    at = end;
  }
  // An empty last line takes no room unless there is something in it.
  layer.append(`${text.slice(at)}\n `);
  layer.scrollTop = payload().scrollTop;
}

/** Scrolls the payload until a marked place can be seen, with a line or two above it. */
export function reveal(place: HTMLElement | null): void {
  payload().scrollTop = place ? place.offsetTop - 3 * place.getClientRects()[0]!.height : 0;
}
