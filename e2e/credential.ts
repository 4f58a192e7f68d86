/** Credentials as Chromium made them, and ways to change a copy of one. */
import type { AuthenticationCredential, RegistrationCredential } from 'verify-passkeys';
import { encode } from './authenticator.ts';

/** Recorded from Chromium 156 with its virtual authenticator, on the bare page of these tests. */
export const registration: RegistrationCredential = {
  id: 'euF7sWsAw8GAY1eAb3ya9KKB1TDUOhPetI72X3C6jq0',
  rawId: 'euF7sWsAw8GAY1eAb3ya9KKB1TDUOhPetI72X3C6jq0',
  authenticatorAttachment: 'platform',
  type: 'public-key',
  response: {
    clientDataJSON:
      'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiV1VZNU1UTXlOR1U0TmpNMU5tSTBNVEZrT0dZNVlXSXhaV1U0TWpsaE16aG1OQSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6Mzc2MDUiLCJjcm9zc09yaWdpbiI6ZmFsc2V9',
    attestationObject:
      'o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQECAwQFBgcIAQIDBAUGBwgAIHrhe7FrAMPBgGNXgG98mvSigdUw1DoT3rSO9l9wuo6tpQECAyYgASFYICfGCoUGWDn4F37lyuJUPW_QHDduE3y23qXt2LxSjCQlIlggEcqpKogm_-AuOGcDqM92a1rlv1GOnSvkL82L-xp41Fw',
    transports: ['internal'],
  },
};

export const authentication: AuthenticationCredential = {
  id: 'euF7sWsAw8GAY1eAb3ya9KKB1TDUOhPetI72X3C6jq0',
  rawId: 'euF7sWsAw8GAY1eAb3ya9KKB1TDUOhPetI72X3C6jq0',
  authenticatorAttachment: 'platform',
  type: 'public-key',
  response: {
    clientDataJSON:
      'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiV1VNeE9XUXhNMlkyWVRZMlpqVTBOakZtT0RGa1kyUTFNakJtTVRJMVpqTXpNQSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6Mzc2MDUiLCJjcm9zc09yaWdpbiI6ZmFsc2V9',
    authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg',
    signature:
      'MEUCIQDUUykhP6DTclrePZQIUODeFdL4aJmhHzH89qgptOGRNQIgDzGRCD4QASfX-Gqnvmu3SUvvydt4DjKEQQvtuZQSfzM',
    userHandle: 'WUViMGE4YmQ1MzE5MTc0NTI4YTA1NjA5YjM2MTk5YmU1Mg',
  },
};

/** What those two were made for. */
export const recorded = { origin: 'http://localhost:37605', rpId: 'localhost' };

// biome-ignore lint/suspicious/noExplicitAny: a changed credential may be anything.
export type Changed = any;
export type Change = (body: Changed) => unknown;

/** Changes that are written as a path into the credential and what is to stand there. */
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

/** Changes what the browser signed, and says so in base64url. */
export const sign = (change: (data: Record<string, string>) => object): Change =>
  set('response.clientDataJSON', (text: string) =>
    encode(JSON.stringify(change(JSON.parse(Buffer.from(text, 'base64url').toString())))),
  );

/** Changes the bytes of a member. */
export const bytes = (path: string, change: (bytes: Buffer) => Uint8Array): Change =>
  set(path, (text: string) => encode(change(Buffer.from(text, 'base64url'))));
