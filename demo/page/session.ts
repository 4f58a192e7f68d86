/** Speaks with the demo's own session: who is signed in here, signing up with a name, signing out. */

/** Whom the page talks to, and the name of who is signed in. */
export type Session = { talksTo: 'browser' | 'emulator' | 'verify'; name: string | null };

/** A path below wherever the page is served. */
export const at = (path: string) => new URL(path, document.baseURI).href;

/** Other tabs follow: they share the session. */
const tabs = new BroadcastChannel('verify-passkeys demo session');

export const readSession = () => call('GET');

export const signUp = (name: string) => call('POST', { name });

export const signOut = () => call('DELETE');

/** Tells the other tabs that the session, or the passkeys of its user, are not what they were. */
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
