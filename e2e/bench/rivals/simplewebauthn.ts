/** A sign-in by @simplewebauthn/browser and fetch. */
import { startAuthentication } from '@simplewebauthn/browser';

const post = (route: string, body: string) =>
  fetch(`/passkeys/${route}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

export async function signIn(): Promise<unknown> {
  const begun = await (await post('Challenges', '{}')).json();
  const credential = await startAuthentication({ optionsJSON: begun.options.publicKey });
  return (await post('ApproveChallenge', JSON.stringify(credential))).json();
}
