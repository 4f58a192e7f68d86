/** Asks everything about VerifyFactor. */
import { fromText, toBytes } from '../../contract/bytes.ts';
import type { Calls } from './calls.ts';
import { challengeOf, isPreferred, optionsOf } from './options.ts';
import { friendlyName } from './ours.ts';
import { createSoftwareAuthenticator, flag } from './software-authenticator.ts';
import { foreign, withoutClientData } from './wrong.ts';

/** A Factor serves for several refusals, and for one credential that is taken. */
export async function askVerify({ kept, page, call, beginFactor }: Calls): Promise<void> {
  let pending = challengeOf(await beginFactor('factor-next'));
  let spare = 0;

  type Make = (challenge: string) => unknown;
  async function verify(step: string, isTaken: boolean, make: Make, name = friendlyName): Promise<void> {
    if (typeof pending !== 'string') {
      const begin = name === friendlyName ? `factor-${++spare}` : 'friendly-name-bytes';
      pending = challengeOf(await beginFactor(begin, { friendly_name: name }));
    }
    if (typeof pending !== 'string') return;
    const answer = await call(step, 'POST', '/Passkeys/VerifyFactor', await make(pending));
    if (isTaken || !answer || answer.status < 400) pending = undefined;
  }

  const es256 = await createSoftwareAuthenticator();
  const usual = (challenge: string) => es256.register(challenge, page);
  await verify('verify-other-step', false, (challenge) => es256.sign(challenge, page));
  await verify('verify-client-data', false, (challenge) => withoutClientData(usual(challenge)));
  await verify('verify-origin', false, (challenge) =>
    es256.register(challenge, { ...page, origin: foreign }),
  );
  await verify('verify-attachment-null', false, (challenge) => ({
    ...usual(challenge),
    authenticatorAttachment: null,
  }));
  await verify('verify-attachment-missing', false, (challenge) => ({
    ...usual(challenge),
    authenticatorAttachment: undefined,
  }));
  await verify('unknown-transports', false, (challenge) => {
    const { response, ...rest } = usual(challenge);
    return { ...rest, response: { ...response, transports: ['internal', 'telepathy'] } };
  });
  await verify('verify-content-type', false, (challenge) => new URLSearchParams({ id: usual(challenge).id }));
  const eddsa = await createSoftwareAuthenticator('EdDSA').catch(() => undefined);
  if (eddsa) await verify('eddsa-taken', false, (challenge) => eddsa.register(challenge, page));
  await verify('silent-registration', true, (challenge) =>
    es256.register(challenge, { ...page, flags: flag.attested }),
  );
  const rs256 = await createSoftwareAuthenticator('RS256');
  await verify('rs256-taken', true, (challenge) => rs256.register(challenge, page));
  const touched = await createSoftwareAuthenticator();
  const flags = flag.userPresent | flag.attested;
  if (isPreferred(optionsOf(kept.find(({ step }) => step === 'factor') ?? { body: undefined }))) {
    await verify('verify-unverified-user', true, (challenge) =>
      touched.register(challenge, { ...page, flags }),
    );
  }
  const hex = await createSoftwareAuthenticator();
  await verify('raw-id-hex', true, (challenge) => ({
    ...hex.register(challenge, page),
    rawId: [...toBytes(hex.id)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  }));
  const more = await createSoftwareAuthenticator();
  await verify(
    'verify-more-members',
    true,
    (challenge) => ({ ...more.register(challenge, page), clientExtensionResults: {} }),
    'é'.repeat(64),
  );
  await call('unknown-factor', 'POST', '/Passkeys/VerifyFactor', usual(fromText(`YF${'0'.repeat(32)}`)));
}
