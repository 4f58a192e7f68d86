/** Draws the five stations of a ceremony as it passes them, and what went over the wire at each. */
import { copyButton, toCurl, toFetch } from '../copy.ts';
import { find, h } from '../element.ts';
import { drawJson } from './draw-json.ts';
import type { Exchange, Station, Trace } from './trace.ts';

/** The exchanges that are drawn already. They are not drawn again, so that a part that is open stays open. */
const drawn = new Map<string, Exchange | undefined>();

const words = { ahead: 'not yet', here: 'now', passed: 'passed', failed: 'failed' };

/** Shows the state of each of the five stations, which are in the page's markup. */
export function drawTrace({ ceremony, stations }: Trace): void {
  find('trace-title').textContent = ceremony === 'register' ? 'Creating a passkey' : 'Signing in';
  for (const station of stations) drawStation(station);
}

function drawStation({ name, state, took, exchange }: Station): void {
  const item = find(`station-${name}`);
  item.dataset.state = state;
  item.querySelector('.state')!.textContent = words[state];
  item.querySelector('.took')!.textContent = took === undefined ? '' : duration(took);
  const shown = state === 'passed' || state === 'failed' ? exchange : undefined;
  if (drawn.get(name) === shown) return;
  drawn.set(name, shown);
  item.querySelector('.exchange')?.replaceChildren(...(shown ? drawExchange(shown) : []));
}

function drawExchange({ method, url, body, status, answer }: Exchange): Node[] {
  const { pathname } = new URL(url);
  const copyJson = (text: string) => copyButton('Copy as JSON', () => text);
  const request = fold([h('strong', {}, method), ` ${pathname}`], () => [
    drawJson(body),
    h(
      'p',
      { class: 'copies' },
      copyJson(body),
      copyButton('Copy as curl', () => toCurl(url, body)),
      copyButton('Copy as fetch', () => toFetch(url, method, body)),
    ),
  ]);
  if (status === undefined || answer === undefined) return [request];
  const badge = h('span', { class: `http ${status < 400 ? 'good' : 'bad'}` }, String(status));
  return [
    request,
    fold([badge, ' answer'], () => [drawJson(answer), h('p', { class: 'copies' }, copyJson(answer))]),
  ];
}

/** A part that folds out. It is drawn when it is first opened. */
function fold(summary: (Node | string)[], draw: () => Node[]): HTMLElement {
  const details = h('details', {}, h('summary', {}, ...summary));
  details.addEventListener('toggle', () => details.append(...draw()), { once: true });
  return details;
}

function duration(milliseconds: number): string {
  if (milliseconds < 1) return '< 1 ms';
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
