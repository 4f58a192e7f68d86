/** Draws a ceremony's five stations as they light up, and what went over the wire at each. */
import { find, h } from './element.ts';
import type { Trace } from './trace.ts';

export function drawTrace(trace: Trace): void {
  find('trace').replaceChildren(
    h(
      'ol',
      { class: 'stations' },
      ...trace.stations.map(({ name, state, took }) =>
        h(
          'li',
          { 'data-state': state },
          h('strong', {}, name),
          took === undefined ? '' : ` ${took.toFixed(1)} ms`,
        ),
      ),
    ),
  );
}
