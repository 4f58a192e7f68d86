/** Records a ceremony as it passes its five stations: how long each took, and what went over the wire. */
import type { PasskeyEvent } from 'verify-passkeys';

/** One call: what was sent and what came back, as text. */
export type Exchange = { method: string; url: string; body: string; status?: number; answer?: string };

export type Station = {
  name: PasskeyEvent['station'];
  state: 'ahead' | 'here' | 'passed' | 'failed';
  /** How long the ceremony was in the station, in milliseconds. Set when it leaves. */
  took?: number;
  exchange?: Exchange;
};

export type Trace = {
  ceremony: PasskeyEvent['ceremony'];
  stations: Station[];
  /** `onEvent` and `fetch` are options of createPasskeys. `onEvent` records the stations, `fetch` the exchanges. */
  onEvent: (event: PasskeyEvent) => void;
  fetch: typeof globalThis.fetch;
};

const names: PasskeyEvent['station'][] = ['begin', 'ask', 'check', 'send', 'read'];

/** Calls `changed` whenever a station is entered or left. */
export function startTrace(ceremony: PasskeyEvent['ceremony'], changed: (trace: Trace) => void): Trace {
  const stations = names.map((name): Station => ({ name, state: 'ahead' }));
  const find = (name: PasskeyEvent['station']) => stations.find((station) => station.name === name)!;
  const trace: Trace = {
    ceremony,
    stations,
    onEvent({ station: name, state, took }) {
      // Autofill asks for new options when the old ones expire. The ceremony then starts again.
      if (name === 'begin' && state === 'entered') {
        for (const station of stations) Object.assign(station, { state: 'ahead', took: undefined });
      }
      const station = find(name);
      station.state = state === 'entered' ? 'here' : state;
      if (took !== undefined) station.took = took;
      changed(trace);
    },
    async fetch(input, init) {
      const request = new Request(input, init);
      const { method, url, headers, signal, credentials } = request;
      const body = await request.text();
      const exchange: Exchange = { method, url, body };
      find(/(VerifyFactor|ApproveChallenge)$/.test(url) ? 'send' : 'begin').exchange = exchange;
      const response = await fetch(url, { method, headers, body, signal, credentials });
      exchange.status = response.status;
      exchange.answer = await response.clone().text();
      return response;
    },
  };
  return trace;
}
