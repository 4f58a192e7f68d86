/**
 * A small app that decides. It takes only passkeys that verify their user, keeps the last passkey of an account, offers
 * a passkey of this device after a sign-in with a phone, and closes accounts.
 */
import { createAdmin, type RelayConfig } from 'verify-passkeys/relay';
import { accountSid, authToken, barePage, serviceSid } from '../world.ts';

type Session = { identity: string; offersPasskey: boolean };

export function createDecidingApp(callVerify: (request: Request) => Promise<Response>) {
  const sessions = new Map<string, Session>();
  const storage = new Map<string, string>();
  /** The passkeys that are in a phone. */
  const phones = new Set<string>();
  const admin = createAdmin({ serviceSid, accountSid, authToken, storage, fetch: callVerify });

  const find = (request: Request) =>
    sessions.get(/\bsession=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? '');

  function start(session: Session) {
    const id = crypto.randomUUID();
    sessions.set(id, session);
    return { 'set-cookie': `session=${id}; HttpOnly; SameSite=Strict; Path=/` };
  }

  const relay = {
    storage,
    identify(request) {
      const session = find(request);
      return session ? { identity: session.identity } : null;
    },
    onVerified({ sid, userVerified, transports }) {
      if (!userVerified) return false;
      if (transports.includes('hybrid')) phones.add(sid);
      return true;
    },
    onApproved({ identity, factorSid = '', userVerified, authenticatorAttachment }) {
      // A registration is not signed, so a page can forge its flags. A sign-in is.
      if (!userVerified) return false;
      // Neither is signed: they decide what is offered next, and nothing else.
      const offersPasskey = authenticatorAttachment === 'cross-platform' && phones.has(factorSid);
      return start({ identity, offersPasskey });
    },
    onRemove: ({ remaining }) => remaining > 0,
  } satisfies Partial<RelayConfig>;

  /** The app's own routes. The cookie is SameSite=Strict, so no other site can call them with it. */
  async function answer(request: Request): Promise<Response | undefined> {
    const { pathname } = new URL(request.url);
    const session = find(request);
    if (pathname === '/me') return Response.json(session ?? null);
    if (request.method !== 'POST') return undefined;
    if (pathname === '/sign-up') {
      const headers = start({ identity: crypto.randomUUID(), offersPasskey: false });
      return new Response(null, { status: 204, headers });
    }
    if (pathname === '/close' && session) {
      // The sessions end first, so that no call of the user begins anything while the account is being closed.
      for (const [id, { identity }] of sessions) if (identity === session.identity) sessions.delete(id);
      await admin.close(session.identity);
      return new Response(null, { status: 204 });
    }
    return undefined;
  }

  return { relay, answer, admin, storage, sessions };
}

/** The app's page. It offers a passkey of this device if the app says so. */
export const decidingPage = `${barePage}
<button id="offer" hidden>Create a passkey on this device</button>
<script type="module">
  const offer = document.getElementById('offer');
  globalThis.me = async () => (await fetch('/me')).json();
  globalThis.signInAndOffer = async () => {
    const { value, ...failure } = await outcome(passkeys.authenticate());
    offer.hidden = !(await me())?.offersPasskey;
    return value ?? failure;
  };
  offer.onclick = async () => {
    await passkeys.register({ authenticatorAttachment: 'platform' });
    offer.hidden = true;
  };
</script>`;
