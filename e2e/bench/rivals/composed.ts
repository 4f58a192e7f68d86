/** A sign-in by the three libraries put together as their READMEs show. */
import { startAuthentication } from '@simplewebauthn/browser';
import ky from 'ky';
import * as v from 'valibot';

const Begun = v.object({
  options: v.object({
    publicKey: v.looseObject({ challenge: v.string(), rpId: v.string(), timeout: v.number() }),
  }),
});
const Approved = v.object({ sid: v.string(), status: v.literal('approved') });

export async function signIn(): Promise<unknown> {
  const begun = v.parse(Begun, await ky.post('/passkeys/Challenges', { json: {} }).json());
  const credential = await startAuthentication({ optionsJSON: begun.options.publicKey as never });
  return v.parse(Approved, await ky.post('/passkeys/ApproveChallenge', { json: credential }).json());
}
