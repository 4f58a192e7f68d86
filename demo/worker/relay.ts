/**
 * Plays the relay inside the service worker, with the emulator behind it. The relay itself cannot run here, since a
 * Response made in a worker cannot set cookies. So this file adds what the relay would add: the identity and the
 * Authorization header. It needs no cookie, since a browser has one user here.
 */
/// <reference lib="webworker" />
import { createStore, del, get, set } from 'idb-keyval';
import { createEmulator } from 'verify-passkeys/emulator';
import { account, serviceOf } from '../service.ts';

declare const self: ServiceWorkerGlobalScope;

const { serviceSid, accountSid, authToken } = account;
const service = `https://verify.twilio.com/v2/Services/${serviceSid}`;
const state = createStore(`verify-passkeys demo ${self.registration.scope}`, 'state');

const emulator = createEmulator({
  ...serviceOf(self.location),
  storage: {
    get: (key) => get(key, state),
    set: (key, value) => set(key, value, state),
    delete: (key) => del(key, state),
  },
});

type User = { identity: string; name: string };
const currentUser = () => get<User>('session', state);

export async function answerSession(request: Request): Promise<Response> {
  if (request.method === 'POST') {
    const { name } = await request.json();
    const user: User = { identity: crypto.randomUUID(), name };
    await set(`user:${user.identity}`, user, state);
    await set('session', user, state);
  }
  if (request.method === 'DELETE') await del('session', state);
  return Response.json({ talksTo: 'browser', name: (await currentUser())?.name ?? null });
}

/** Answers the relay's routes with Verify's names on the wire. */
export async function answerPasskeys(request: Request, [route = '', sid]: string[]): Promise<Response> {
  const user = await currentUser();
  const isSignIn = route === 'Challenges' || route === 'ApproveChallenge';
  if (!user && !isSignIn) {
    return Response.json(
      { code: 'not_signed_in', message: 'Nobody is signed in.', status: 401 },
      { status: 401 },
    );
  }
  const body = request.method === 'POST' ? await request.json() : undefined;
  if (route === 'Factors' && (request.method !== 'POST' || sid))
    return manage(request.method, user!, sid, body);
  const identity = user?.identity;
  const sent = route === 'Factors' ? { ...body, identity } : route === 'Challenges' ? {} : body;
  const response = await verify('POST', `/Passkeys/${route}`, JSON.stringify(sent));
  const answer = await response.json();
  // The chooser shows the account's name. Verify knows only the nickname of the passkey.
  if (response.ok && route === 'Factors') {
    Object.assign(answer.options.publicKey.user, { name: user!.name, displayName: user!.name });
  }
  if (response.ok && route === 'VerifyFactor') await set(`id:${answer.sid}`, body.id, state);
  if (response.ok && route === 'ApproveChallenge') {
    await set('session', await get(`user:${answer.identity}`, state), state);
  }
  return Response.json(answer, { status: response.status });
}

async function manage(method: string, { identity, name }: User, sid = '', body: { friendly_name: string }) {
  const path = `/Entities/${identity}/Factors`;
  const one = `${path}/${sid}`;
  const form = new URLSearchParams({ FriendlyName: body?.friendly_name ?? '' });
  const response = await verify(
    method === 'POST' ? 'POST' : 'GET',
    sid ? one : path,
    method === 'POST' ? form : undefined,
  );
  const answer = await response.json();
  if (response.status === 404 && !sid) return Response.json({ factors: [] });
  if (!response.ok) return Response.json(answer, { status: response.status });
  if (sid) {
    const shown = await present(answer);
    if (method === 'DELETE') await verify('DELETE', one);
    return Response.json(shown);
  }
  const verified = answer.factors.filter(({ status }: { status: string }) => status === 'verified');
  const factors = await Promise.all(verified.map(present));
  return Response.json({ factors, user_name: name, display_name: name });
}

type Factor = {
  sid: string;
  config: { relying_party: { id: string } };
  metadata: { aaguid?: string; date_last_approved?: string } | null;
};

/** Adds what the browser needs to update its own list of passkeys, and what Verify knows about this one. */
async function present(factor: Factor) {
  const credential_id = await get(`id:${factor.sid}`, state);
  const { aaguid, date_last_approved: last_used } = factor.metadata ?? {};
  return { ...factor, credential_id, rp_id: factor.config.relying_party.id, aaguid, last_used };
}

function verify(method: string, path: string, body?: string | URLSearchParams): Promise<Response> {
  const headers = new Headers({ authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` });
  if (typeof body === 'string') headers.set('content-type', 'application/json');
  return emulator.fetch(service + path, { method, headers, ...(body !== undefined && { body }) });
}
