import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { createPasskeys } from 'verify-passkeys';

const passkeys = createPasskeys({ baseUrl: '/passkeys' });

function SignIn() {
  useEffect(() => {
    globalThis.passkeys = passkeys;
  }, []);
  return createElement('input', { 'aria-label': 'User name', autoComplete: 'username webauthn' });
}
createRoot(document.querySelector('main')).render(createElement(SignIn));
