/** What the probe itself sends and says: none of it is anybody's. */
import { fromText } from '../../contract/bytes.ts';

/** The name of every passkey that the probe makes, so that a left one is known in the Service. */
export const friendlyName = 'verify-passkeys probe';

/** The model of the probe's authenticator: a UUID that no real one has. */
export const model = '70726f62-6500-4000-8000-70726f626500';

/** What stands for the probe's first passkey, its identity and the relying party in a transcript. */
export const placeholders = {
  credential: fromText('credential-1'),
  identity: 'probe-identity-1',
  rpId: 'example.com',
  origin: 'https://login.example.com',
};
