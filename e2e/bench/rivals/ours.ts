/** A sign-in by this package. */
import { createPasskeys } from 'verify-passkeys';

const passkeys = createPasskeys({ baseUrl: '/passkeys' });

export const signIn = () => passkeys.authenticate();
