import { createFileRoute } from '@tanstack/react-router';
import { useEffect } from 'react';
import { createPasskeys } from 'verify-passkeys';

const passkeys = createPasskeys({ baseUrl: '/passkeys' });

function Home() {
  useEffect(() => {
    globalThis.passkeys = passkeys;
  }, []);
  return <input aria-label="User name" autoComplete="username webauthn" />;
}

export const Route = createFileRoute('/')({ component: Home });
