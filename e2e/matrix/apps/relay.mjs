/** The part that all apps of the matrix share: the relay in front of the emulator, and sessions. */
import { createEmulator } from 'verify-passkeys/emulator';
import { createRelay } from 'verify-passkeys/relay';

const account = { serviceSid: `VA${'1'.repeat(32)}`, accountSid: `AC${'1'.repeat(32)}`, authToken: 'any' };
const identityOf = (request) => /\bsession=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];

function make() {
  const origins = process.env.ORIGINS.split(',');
  const emulator = createEmulator({
    ...account,
    relyingParty: { id: 'localhost', name: 'Matrix', origins },
    authenticatorAttachment: 'any',
    discoverableCredentials: 'required',
    userVerification: 'preferred',
  });
  return createRelay({
    ...account,
    cookieSecret: 'x'.repeat(32),
    origins,
    storage: new Map(),
    identify(request, step) {
      const identity = step === 'authenticate' ? undefined : identityOf(request);
      return identity ? { identity } : null;
    },
    onApproved: ({ identity }) => ({ 'set-cookie': `session=${identity}; Path=/; HttpOnly; SameSite=Lax` }),
    fetch: (request) => emulator.fetch(request),
  });
}

/** There is one relay per process, however often a framework's bundler copies this module. */
export const relay = (request) => {
  globalThis.matrixRelay ??= make();
  return globalThis.matrixRelay(request);
};

/** POST signs a new user up, DELETE signs out. */
export const session = async (request) => {
  const value = request.method === 'DELETE' ? '; Max-Age=0' : crypto.randomUUID();
  return new Response(null, {
    status: 204,
    headers: { 'set-cookie': `session=${value}; Path=/; HttpOnly; SameSite=Lax` },
  });
};
