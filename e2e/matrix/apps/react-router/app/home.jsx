import { useEffect } from 'react';
import { createPasskeys } from 'verify-passkeys';

const passkeys = createPasskeys({ baseUrl: '/passkeys' });

export default function Home() {
  useEffect(() => {
    globalThis.passkeys = passkeys;
  }, []);
  return <input aria-label="User name" autoComplete="username webauthn" />;
}
