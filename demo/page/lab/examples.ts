/** The lab's examples: the classic mistakes that pages make with a credential. */

import type { PasskeyEvent } from 'verify-passkeys';
import { authentication, registration } from './recorded.ts';

/** An example. `make` returns the text of the payload. */
export type Example = { id: string; title: string; ceremony: PasskeyEvent['ceremony']; make: () => string };

const json = (body: unknown) => JSON.stringify(body, null, 2);

const respond = (credential: typeof registration | typeof authentication, change: object) =>
  json({ ...credential, response: { ...credential.response, ...change } });

const toPlainBase64 = (text: string) => {
  const plain = text.replace(/-/g, '+').replace(/_/g, '/');
  return plain.padEnd(Math.ceil(plain.length / 4) * 4, '=');
};

const toHex = (text: string) =>
  Array.from(atob(toPlainBase64(text)), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');

/** What JSON makes of a Uint8Array: {"0":73,"1":150,…}. */
const toNumberedBytes = (text: string) =>
  Object.fromEntries(Array.from(atob(toPlainBase64(text)), (byte, i) => [i, byte.charCodeAt(0)]));

const { response: signed, ...withoutResponse } = authentication;
const { rawId, ...withoutRawId } = authentication;
const { response: _, ...withoutRegistered } = registration;
const { clientDataJSON, ...withoutClientData } = registration.response;

export const examples: Example[] = [
  {
    id: 'flat',
    title: 'Not nested under response',
    ceremony: 'authenticate',
    make: () => json({ ...withoutResponse, ...signed }),
  },
  {
    id: 'missing',
    title: 'clientDataJSON missing',
    ceremony: 'register',
    make: () => json({ ...registration, response: withoutClientData }),
  },
  {
    id: 'misspelled',
    title: 'clientDataJson, misspelled',
    ceremony: 'register',
    make: () => json({ ...registration, response: { clientDataJson: clientDataJSON, ...withoutClientData } }),
  },
  {
    id: 'other-ceremony',
    title: 'Payload of the other ceremony',
    ceremony: 'authenticate',
    make: () => json(registration),
  },
  {
    id: 'buffers',
    title: 'ArrayBuffers turned into {}',
    ceremony: 'register',
    make: () => respond(registration, { clientDataJSON: {}, attestationObject: {} }),
  },
  {
    id: 'decoded',
    title: 'clientDataJSON decoded to text',
    ceremony: 'authenticate',
    make: () => respond(authentication, { clientDataJSON: atob(toPlainBase64(signed.clientDataJSON)) }),
  },
  {
    id: 'twice',
    title: 'Encoded twice',
    ceremony: 'authenticate',
    make: () => respond(authentication, { clientDataJSON: btoa(signed.clientDataJSON).replace(/=+$/, '') }),
  },
  {
    id: 'stringified',
    title: 'response as a JSON string',
    ceremony: 'register',
    make: () => json({ ...registration, response: JSON.stringify(registration.response) }),
  },
  {
    id: 'base64',
    title: 'Plain base64 with padding',
    ceremony: 'register',
    make: () =>
      respond(registration, { attestationObject: toPlainBase64(registration.response.attestationObject) }),
  },
  {
    id: 'hex',
    title: 'rawId in hex',
    ceremony: 'authenticate',
    make: () => json({ ...authentication, rawId: toHex(authentication.rawId) }),
  },
  {
    id: 'key-id',
    title: 'keyId for rawId',
    ceremony: 'authenticate',
    make: () => json({ ...withoutRawId, keyId: rawId }),
  },
  {
    id: 'flat-buffers',
    title: 'Flat, with {} for buffers',
    ceremony: 'register',
    make: () =>
      json({
        ...withoutRegistered,
        rawId: {},
        clientDataJSON: {},
        attestationObject: {},
        transports: ['internal'],
      }),
  },
  {
    id: 'flat-bytes',
    title: 'Flat, with lists of bytes',
    ceremony: 'authenticate',
    make: () =>
      json({
        ...withoutResponse,
        ...Object.fromEntries(Object.entries(signed).map(([name, text]) => [name, toNumberedBytes(text)])),
      }),
  },
  {
    id: 'made-up-attachment',
    title: "attachment || 'platform'",
    ceremony: 'register',
    make: () => respond(registration, { transports: ['usb'] }),
  },
  {
    id: 'attachment',
    title: 'authenticatorAttachment null',
    ceremony: 'authenticate',
    make: () => json({ ...authentication, authenticatorAttachment: null }),
  },
  {
    id: 'wrapped',
    title: 'Wrapped in credential',
    ceremony: 'register',
    make: () => json({ credential: registration }),
  },
  {
    id: 'cut',
    title: 'Cut off in the middle',
    ceremony: 'register',
    make: () => json(registration).slice(0, 420),
  },
  { id: 'fit', title: 'One that is fit to send', ceremony: 'authenticate', make: () => json(authentication) },
];
