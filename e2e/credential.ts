/** Credentials that Chromium made, and functions that return a changed copy of a credential. */
import { readFileSync } from 'node:fs';
import type { AuthenticationCredential, RegistrationCredential } from 'verify-passkeys';
import { encode } from './software-authenticator.ts';

/** Recorded on the bare page of these tests, from Chromium 156 with its virtual authenticator. */
export const { registration, authentication } = JSON.parse(
  readFileSync('e2e/fixtures/chromium.json', 'utf8'),
) as { registration: RegistrationCredential; authentication: AuthenticationCredential };

/** The origin and relying party of both recordings. */
export const recorded = {
  origin: JSON.parse(atob(registration.response.clientDataJSON)).origin as string,
  rpId: 'localhost',
};

// biome-ignore lint/suspicious/noExplicitAny: a changed credential may be anything.
export type AnyCredential = any;
export type Change = (body: AnyCredential) => unknown;

/** Sets the member at this path to a value, or to the result of a function of the old value. */
export const set =
  (path: string, value: unknown): Change =>
  (body) => {
    const copy = structuredClone(body);
    const [name, inner] = path.split('.') as [string, string?];
    if (inner === undefined) copy[name] = typeof value === 'function' ? value(copy[name], body) : value;
    else copy[name][inner] = typeof value === 'function' ? value(copy[name][inner], body) : value;
    return copy;
  };

export const drop =
  (path: string): Change =>
  (body) =>
    JSON.parse(JSON.stringify(set(path, undefined)(body)));

export const rename =
  (path: string, to: string): Change =>
  (body) => {
    const [name, inner] = path.split('.') as [string, string?];
    const copy = structuredClone(body);
    const home = inner === undefined ? copy : copy[name];
    home[to] = home[inner ?? name];
    delete home[inner ?? name];
    return copy;
  };

export const flatten: Change = ({ response, ...rest }) => ({ ...rest, ...response });

/** Changes the client data that the browser signed. */
export const sign = (change: (data: Record<string, string>) => object): Change =>
  set('response.clientDataJSON', (text: string) =>
    encode(JSON.stringify(change(JSON.parse(Buffer.from(text, 'base64url').toString())))),
  );

/** Changes the bytes of a member. */
export const bytes = (path: string, change: (bytes: Buffer) => Uint8Array): Change =>
  set(path, (text: string) => encode(change(Buffer.from(text, 'base64url'))));
