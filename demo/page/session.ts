/** Calls the demo's own session: reads who is signed in, signs up with a name, and signs out. */

/** Whom the page talks to, and the name of the signed-in user. */
export type Session = { talksTo: 'browser' | 'emulator' | 'verify'; name: string | null };

/** The URL of a path, relative to the page. */
export const at = (path: string) => new URL(path, document.baseURI).href;

/** Reaches the other tabs, which share the session. */
const tabs = new BroadcastChannel('verify-passkeys demo session');

export const readSession = () => call('GET');

export const signUp = (name: string) => call('POST', { name });

export const signOut = () => call('DELETE');

/** Tells the other tabs that the session or its user's passkeys have changed. */
export const tellTabs = () => tabs.postMessage(null);

export function onOtherTab(listen: () => void): void {
  tabs.addEventListener('message', listen);
}

async function call(method: string, body?: object): Promise<Session> {
  const response = await fetch(at('session'), {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`The demo's session answered HTTP ${response.status}.`);
  return response.json();
}
