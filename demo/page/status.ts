/** The status region: what happened, in plain words, for eyes and screen readers alike. */
import { find, h } from './element.ts';
import type { Told } from './words.ts';

export type Tone = 'quiet' | 'busy' | 'good' | 'bad';

/** `verdict` is Verify's own word for it: verified, approved. */
export function say(
  tone: Tone,
  what: string,
  { next, code, verdict }: Partial<Told> & { verdict?: string } = {},
): void {
  const region = find('status');
  region.dataset.tone = tone;
  region.replaceChildren(
    h('p', { class: 'what' }, what),
    ...(verdict ? [h('p', {}, 'Verify says: ', h('strong', {}, verdict), '.')] : []),
    ...(next ? [h('p', {}, next)] : []),
    ...(code ? [h('p', { class: 'code' }, h('code', {}, code))] : []),
  );
}
