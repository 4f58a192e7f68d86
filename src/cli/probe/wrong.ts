/** What a probe sends wrong on purpose, at either step. */
import { fromText } from '../../contract/bytes.ts';

export const withoutClientData = <T extends { response: object }>(credential: T) => ({
  ...credential,
  response: { ...credential.response, clientDataJSON: fromText('{}') },
});

/** An origin that no Service lists. */
export const foreign = 'https://probe.invalid';
