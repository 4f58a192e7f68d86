/** A sign-in by the browser's own calls alone. */
const post = (route: string, body: string) =>
  fetch(`/passkeys/${route}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

export async function signIn(): Promise<unknown> {
  const begun = await (await post('Challenges', '{}')).json();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options.publicKey);
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return (await post('ApproveChallenge', JSON.stringify(credential.toJSON()))).json();
}
