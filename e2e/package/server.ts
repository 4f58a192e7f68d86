/** Shows what the types allow and refuse in a server's program. It is compiled without a page's types, never run. */
import { createEmulator, type Emulator } from 'verify-passkeys/emulator';
import { createRelay, type RelayConfig } from 'verify-passkeys/relay';

const account = { serviceSid: 'VA', apiKey: 'SK', apiKeySecret: 'secret', cookieSecret: 'secret' };
const identify: RelayConfig['identify'] = () => null;

const relay = createRelay({
  ...account,
  identify: (request, step) => {
    request satisfies Request;
    step satisfies 'register' | 'authenticate' | 'manage';
    return request.headers.get('cookie') ? { identity: 'a-user-of-this-app' } : null;
  },
  onApproved: ({ identity }) => ({ 'set-cookie': `session=${identity}; Path=/; HttpOnly` }),
  onVerified: async () => new Headers({ 'x-made': 'yes' }),
});
relay satisfies (request: Request) => Promise<Response>;
createRelay({ ...account, identify, onApproved: () => [['set-cookie', 'session=1']] });
createRelay({ ...account, identify, onApproved: () => {} });
createRelay({ ...account, identify, onApproved: async () => false });
createRelay({ ...account, identify, onApproved: async ({ remembered }) => remembered });

// @ts-expect-error headers cannot be a number
createRelay({ ...account, identify, onApproved: () => 42 });
// @ts-expect-error a header's value cannot be a number
createRelay({ ...account, identify, onVerified: async () => ({ 'x-made': 42 }) });

export const emulator: Emulator = createEmulator({
  serviceSid: 'VA',
  accountSid: 'AC',
  authToken: 'token',
  relyingParty: { id: 'localhost', name: 'Test', origins: ['http://localhost:5173'] },
});
emulator.fetch satisfies typeof fetch;
// @ts-expect-error a request cannot be a number
emulator.fetch(42);
