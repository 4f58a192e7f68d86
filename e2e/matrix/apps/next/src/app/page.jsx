'use client';
import { useEffect } from 'react';
import { createPasskeys } from 'verify-passkeys';

const passkeys = createPasskeys({ baseUrl: '/shop/passkeys' });

export default function Page() {
  useEffect(() => {
    globalThis.passkeys = passkeys;
  }, []);
  return <input aria-label="User name" autoComplete="username webauthn" />;
}
