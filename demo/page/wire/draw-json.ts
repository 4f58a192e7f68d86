/** Draws JSON as indented text. Each binary member is a button that shows it decoded. */

import { h } from '../element.ts';
import { drawDecoded } from './draw-decoded.ts';

/** The members that can be decoded. */
const members = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature'] as const;
export type Member = (typeof members)[number];

const isMember = (key: string): key is Member => members.some((member) => member === key);

/** `text` is a body from the wire. If it is not JSON, it is shown unchanged. */
export function drawJson(text: string): HTMLElement {
  const code = h('pre', { class: 'json', tabindex: '0', role: 'group', 'aria-label': 'Body' });
  const panels = h('div', { class: 'panels' });
  try {
    code.append(...draw(JSON.parse(text), '', panels, ''));
  } catch {
    code.append(text || '(no body)');
  }
  return h('div', {}, code, panels);
}

/** `tail` is the comma after the value: it stays on the value's line. */
function draw(
  value: unknown,
  key: string,
  panels: HTMLElement,
  indent: string,
  tail = '',
): (Node | string)[] {
  if (typeof value !== 'object' || value === null) return [leaf(value, key, panels, tail)];
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return [open + close + tail];
  const deeper = `${indent}  `;
  return [
    open,
    ...entries.flatMap(([name, inner], i) => [
      `\n${deeper}`,
      ...(isList ? [] : [h('span', { class: 'key' }, JSON.stringify(name)), ': ']),
      ...draw(inner, name, panels, deeper, i < entries.length - 1 ? ',' : ''),
    ]),
    `\n${indent}${close}${tail}`,
  ];
}

function leaf(value: unknown, key: string, panels: HTMLElement, tail: string): Node {
  const shown = JSON.stringify(value) + tail;
  if (typeof value !== 'string' || !isMember(key)) {
    return h('span', { class: typeof value === 'string' ? 'string' : 'atom' }, shown);
  }
  let panel: HTMLElement | undefined;
  const toggle = () => {
    if (panel) {
      panel.remove();
      panel = undefined;
    } else {
      panel = drawDecoded(key, value);
      panels.append(panel);
    }
    button.setAttribute('aria-expanded', String(panel !== undefined));
  };
  const button = h(
    'button',
    {
      type: 'button',
      class: 'open',
      'aria-expanded': 'false',
      'aria-label': `Decode ${key}`,
      title: `Decode ${key}`,
      onclick: toggle,
    },
    shown,
  );
  return button;
}
