/** Draws a decoded member: a tree of what it says, and its bytes with the parts coloured. */

import { h } from '../element.ts';
import type { DecodedMember, Part, Row } from './decode.ts';
import type { Member } from './draw-json.ts';

/** A panel that fills itself once the decoder is loaded. */
export function drawDecoded(member: Member, text: string): HTMLElement {
  const panel = h('section', { class: 'decoded', 'aria-label': `${member} decoded` }, 'Decoding…');
  import('./decode.ts')
    .then(({ decode }) => fill(panel, member, decode(member, text)))
    .catch((error) => panel.replaceChildren(`This cannot be decoded: ${error.message}`));
  return panel;
}

function fill(panel: HTMLElement, member: Member, { rows, parts }: DecodedMember): void {
  const names = [...new Set(parts.map(({ name }) => name))];
  const colour = ({ name }: Part) => `part part-${names.indexOf(name) % 8}`;
  const hex = h('p', {
    class: 'hex',
    tabindex: '0',
    role: 'group',
    'aria-label': `Bytes of ${member} in hex`,
  });
  for (const part of parts) {
    const text = Array.from(part.bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    hex.append(h('span', { class: colour(part), title: part.name }, text), ' ');
  }
  const legend = h('ul', { class: 'legend' });
  for (const name of names) {
    const named = parts.filter((part) => part.name === name);
    const length = named.reduce((sum, { bytes }) => sum + bytes.length, 0);
    legend.append(h('li', {}, h('span', { class: colour(named[0]!) }, name), ` ${length}`));
  }
  panel.replaceChildren(h('h4', {}, member), tree(rows), h('h5', {}, 'Bytes'), legend, hex);
}

function tree(rows: Row[]): HTMLElement {
  const list = h('ul', { class: 'tree' });
  for (const { label, value, note, rows: inner } of rows) {
    list.append(
      h(
        'li',
        {},
        h('span', { class: 'label' }, label),
        ...(value === undefined ? [] : [' ', h('code', {}, value)]),
        ...(note === undefined ? [] : [' ', h('span', { class: 'note' }, note)]),
        ...(inner ? [tree(inner)] : []),
      ),
    );
  }
  return list;
}
