/** Records a ceremony as it passes its five stations: what went over the wire, what the browser gave, how long each took. */

export type Step = 'register' | 'authenticate';
type StationName = 'begin' | 'ask' | 'check' | 'send' | 'read';

/** One call: what was sent and what came back, as text. */
export type Exchange = { method: string; url: string; body: string; status?: number; answer?: string };

export type Station = {
  name: StationName;
  state: 'ahead' | 'here' | 'passed' | 'failed';
  /** Milliseconds, once passed. */
  took?: number;
  exchange?: Exchange;
};

export type Trace = {
  step: Step;
  stations: Station[];
  /** For createPasskeys: fetch that takes notes. */
  fetch: typeof globalThis.fetch;
  passed(): void;
  failed(): void;
};

const names: StationName[] = ['begin', 'ask', 'check', 'send', 'read'];

/** Traces whose ceremony waits for the browser, by the challenge of their options. */
const asking = new Map<string, () => void>();

/** `changed` is called whenever a station lights up or goes out. */
export function startTrace(step: Step, changed: (trace: Trace) => void): Trace {
  const stations = names.map((name): Station => ({ name, state: 'ahead' }));
  const finish = step === 'register' ? 'VerifyFactor' : 'ApproveChallenge';
  let since = 0;

  const leave = (state: 'passed' | 'failed') => {
    const here = stations.find((station) => station.state === 'here');
    if (here) Object.assign(here, { state, took: performance.now() - since });
  };
  const enter = (name: StationName) => {
    leave('passed');
    since = performance.now();
    const station = stations.find((station) => station.name === name)!;
    station.state = 'here';
    changed(trace);
    return station;
  };

  const trace: Trace = {
    step,
    stations,
    async fetch(input, init) {
      const request = new Request(input, init);
      const isFinish = request.url.endsWith(finish);
      // Autofill renews its options: the itinerary then begins anew.
      if (!isFinish) for (const station of stations) station.state = 'ahead';
      const station = enter(isFinish ? 'send' : 'begin');
      const { method, url, headers, signal, credentials } = request;
      const body = await request.text();
      const exchange: Exchange = { method, url, body };
      station.exchange = exchange;
      const response = await fetch(url, { method, headers, body, signal, credentials });
      exchange.status = response.status;
      exchange.answer = await response.clone().text();
      if (isFinish) enter('read');
      else if (response.ok) {
        asking.set(challengeOf(exchange.answer), () => enter('check'));
        enter('ask');
      }
      return response;
    },
    passed() {
      leave('passed');
      changed(trace);
    },
    failed() {
      leave('failed');
      changed(trace);
    },
  };
  return trace;
}

function challengeOf(answer: string): string {
  try {
    return JSON.parse(answer).options.publicKey.challenge;
  } catch {
    return '';
  }
}

/** Notes when the browser has answered; what it is asked and what it gives pass unchanged. */
export function watchBrowser(): void {
  const container = navigator.credentials as CredentialsContainer | undefined;
  if (!container) return;
  for (const name of ['create', 'get'] as const) {
    const original = container[name].bind(container) as (
      options?: CredentialCreationOptions & CredentialRequestOptions,
    ) => Promise<Credential | null>;
    container[name] = async (options?: CredentialCreationOptions & CredentialRequestOptions) => {
      const credential = await original(options);
      const challenge = options?.publicKey?.challenge as ArrayBuffer | undefined;
      if (challenge) asking.get(toBase64url(challenge))?.();
      return credential;
    };
  }
}

function toBase64url(bytes: ArrayBuffer): string {
  const plain = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return plain.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
