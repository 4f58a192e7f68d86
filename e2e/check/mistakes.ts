/** Every mistake in a credential's shape that the checks know, and what they say about it. */
import { checkAuthentication, checkRegistration, type Issue } from 'verify-passkeys';
import {
  type AnyCredential,
  authentication,
  type Change,
  drop,
  flatten,
  registration,
  rename,
  set,
} from '../credential.ts';

/** A mistake, how it is made, and the code, path and first words of the one issue that names it. */
export type Row = [what: string, change: Change, code: number, path: string, firstWords: string];

const toBuffer = (text: string) => Buffer.from(text, 'base64url');
const toPlain = (text: string) => toBuffer(text).toString('base64');
export const toHex = (text: string) => toBuffer(text).toString('hex');
const toArrayBuffer = (text: string) => Uint8Array.from(toBuffer(text)).buffer;
const numbered = (text: string) => ({ ...toBuffer(text) });
export const withKeys = (object: object, change: (name: string) => string) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [change(name), value]));
const overall = (code: number, path: string, ...rows: [string, Change, string][]): Row[] =>
  rows.map(([what, change, words]) => [what, change, code, path, words]);

/** Mistakes that both ceremonies share. */
const both: Row[] = [
  ...overall(
    60380,
    '',
    ['a missing body', () => undefined, 'The body is missing;'],
    ['null', () => null, 'The body is null;'],
    ['a number', () => 1, 'The body is a number;'],
    ['an empty text', () => '', 'The body is an empty string;'],
    ['some text', () => 'credential', 'The body is a string of 10 characters;'],
    ['an empty list', () => [], 'The body is an array;'],
    ['an empty object', () => ({}), 'The body is an empty object, which is what JSON makes of'],
    ['an object of something else', () => ({ user: 'Ada' }), 'The body is an object;'],
    [
      "Verify's options",
      () => ({ publicKey: { challenge: 'WUY' } }),
      'The body is the options that Verify sent',
    ],
    ['JSON text of the credential', (body) => JSON.stringify(body), 'The body is a JSON string'],
    ['JSON text of JSON text', (body) => JSON.stringify(JSON.stringify(body)), 'The body is a JSON string'],
    [
      'the live PublicKeyCredential',
      (body) => ({ ...body, rawId: toArrayBuffer(body.rawId) }),
      "The body is the browser's live PublicKeyCredential;",
    ],
  ),
  [
    '{ credential }',
    (body) => ({ credential: body }),
    60380,
    'credential',
    'The credential stands under credential;',
  ],
  [
    '{ publicKey }',
    (body) => ({ publicKey: body }),
    60380,
    'publicKey',
    'The credential stands under publicKey;',
  ],
  [
    '{ response: credential }',
    (body) => ({ response: body }),
    60380,
    'response',
    'The credential stands under response;',
  ],
  ['[credential]', (body) => [body], 60380, '0', 'The credential stands under 0;'],
  [
    'JSON text under a name',
    (body) => ({ body: JSON.stringify(body) }),
    60380,
    'body',
    'The credential stands under body;',
  ],
  [
    '{ content }, as Twilio’s function template sends it',
    (body) => ({ content: body }),
    60380,
    'content',
    'The credential stands under content;',
  ],
  [
    'the keys of a form',
    ({ response, ...rest }) => ({ ...rest, ...withKeys(response, (name) => `response[${name}]`) }),
    60378,
    'response',
    'The body has form keys such as response[clientDataJSON];',
  ],
  [
    'keys with dots',
    ({ response, ...rest }) => ({ ...rest, ...withKeys(response, (name) => `response.${name}`) }),
    60378,
    'response',
    'The body has form keys such as response.clientDataJSON;',
  ],
  [
    'two levels too deep',
    (body) => ({ data: { credential: body } }),
    60380,
    'data.credential',
    'The credential stands under data.credential;',
  ],
  [
    'flat, as Twilio’s web SDK returns it',
    flatten,
    60380,
    'response.clientDataJSON',
    'clientDataJSON stands at the top level; it belongs under response, as do',
  ],
  ['response missing', drop('response'), 60378, 'response', 'response is missing;'],
  ['response null', set('response', null), 60378, 'response', 'response is null;'],
  [
    'response empty',
    set('response', {}),
    60378,
    'response',
    'response is an empty object, which is what JSON makes of',
  ],
  [
    'response a list',
    set('response', (response: object) => [response]),
    60378,
    'response',
    'response is an array;',
  ],
  [
    'response as JSON text',
    set('response', (response: object) => JSON.stringify(response)),
    60378,
    'response',
    'response is a string that holds JSON text;',
  ],
  [
    'response in response',
    set('response', (response: object) => ({ response })),
    60378,
    'response',
    'response holds another response;',
  ],
  [
    'attachment missing',
    drop('authenticatorAttachment'),
    60377,
    'authenticatorAttachment',
    'authenticatorAttachment is missing;',
  ],
  [
    'attachment null',
    set('authenticatorAttachment', null),
    60377,
    'authenticatorAttachment',
    'authenticatorAttachment is null;',
  ],
  [
    'attachment any',
    set('authenticatorAttachment', 'any'),
    60377,
    'authenticatorAttachment',
    'authenticatorAttachment is "any";',
  ],
  [
    'attachment Platform',
    set('authenticatorAttachment', 'Platform'),
    60377,
    'authenticatorAttachment',
    'authenticatorAttachment is "Platform";',
  ],
  [
    'type of another kind',
    set('type', 'password'),
    60434,
    'type',
    'type is "password"; expected "public-key"',
  ],
  ['type null', set('type', null), 60434, 'type', 'type is null;'],
  ...['raw_id', 'rawID', 'RawId', 'raw-id', 'keyId'].map(
    (key): Row => [
      key,
      rename('rawId', key),
      60376,
      'rawId',
      `rawId is spelled ${key}; expected exactly rawId`,
    ],
  ),
  ['credentialId', rename('id', 'credentialId'), 60375, 'id', 'id is spelled credentialId;'],
  ['credential_type', rename('type', 'TYPE'), 60434, 'type', 'type is spelled TYPE;'],
  [
    'authenticator_attachment',
    rename('authenticatorAttachment', 'authenticator_attachment'),
    60377,
    'authenticatorAttachment',
    'authenticatorAttachment is spelled authenticator_attachment;',
  ],
  ['Response', rename('response', 'Response'), 60378, 'response', 'response is spelled Response;'],
  ...[
    'clientDataJson',
    'client_data_json',
    'clientData',
    'ClientDataJSON',
    'clientdatajson',
    'client-data-json',
  ].map(
    (key): Row => [
      key,
      rename('response.clientDataJSON', key),
      60380,
      'response.clientDataJSON',
      `clientDataJSON is spelled ${key}; expected exactly clientDataJSON`,
    ],
  ),
  [
    'rawId cut by one group',
    set('rawId', (text: string) => text.slice(0, -3)),
    60376,
    'rawId',
    'rawId is not the same as id;',
  ],
  [
    'rawId reordered',
    set('rawId', (text: string) => [...text].reverse().join('')),
    60376,
    'rawId',
    'rawId is ',
  ],
  [
    'id and rawId hex',
    (body) => ({ ...body, id: toHex(body.id), rawId: toHex(body.id) }),
    60375,
    'id',
    'id, rawId are each hex;',
  ],
];

/** Mistakes of one member that holds bytes. */
function ofBytes(path: string, code: number): Row[] {
  const name = path.replace('response.', '');
  const snake = name.replace('JSON', '_json').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const rows: [string, Change, string][] = [
    ['missing', drop(path), `${path} is missing;`],
    ['null', set(path, null), `${path} is null;`],
    ['empty', set(path, ''), `${path} is an empty string;`],
    ['a number', set(path, 1), `${path} is a number;`],
    ['a list', set(path, (text: string) => [...toBuffer(text)]), `${path} is an array of bytes;`],
    ['{}', set(path, {}), `${path} is an empty object, which is what JSON makes of an ArrayBuffer`],
    ['numbered bytes', set(path, numbered), `${path} is an object of bytes;`],
    [
      'a Buffer’s JSON',
      set(path, (text: string) => toBuffer(text).toJSON()),
      `${path} is an object of bytes;`,
    ],
    [
      'a Uint8Array',
      set(path, (text: string) => Uint8Array.from(toBuffer(text))),
      `${path} is binary of bytes;`,
    ],
    ['padded', set(path, (text: string) => `${text}=`), `${path} is padded base64url`],
    ['hex', set(path, toHex), `${path} is hex;`],
    ['quoted twice', set(path, (text: string) => JSON.stringify(text)), `${path} is JSON text of a string;`],
    [
      'cut',
      set(path, (text: string) => `${text.slice(0, 40)}B`),
      `${path} is base64url that was cut or altered;`,
    ],
    ['not base64url', set(path, 'ä'), `${path} is not base64url (1 characters`],
    [
      'what PHP’s lbuchs/WebAuthn writes',
      set(path, (text: string) => `=?BINARY?B?${toPlain(text)}?=`),
      `${path} is base64 between =?BINARY?B? and ?=`,
    ],
    [
      'base64 in lines',
      set(path, (text: string) => toPlain(text).replace(/.{20}/g, '$&\r\n')),
      `${path} is base64 with line breaks`,
    ],
    ...(snake === name
      ? []
      : [[snake, rename(path, snake), `${name} is spelled ${snake};`] as [string, Change, string]]),
  ];
  return rows.map(([what, change, words]) => [`${path} ${what}`, change, code, path, words]);
}

const head = [...ofBytes('id', 60375), ...ofBytes('rawId', 60376)];
const optional = (row: Row) => !/ (missing|null|empty)$/.test(row[0]);

export const tables: [string, (body: unknown) => Issue[], AnyCredential, Row[]][] = [
  [
    'checkRegistration()',
    checkRegistration,
    registration,
    [
      ...both,
      ...head,
      ...ofBytes('response.clientDataJSON', 60380),
      ...ofBytes('response.attestationObject', 60386),
      [
        'response.attestationObject plain base64',
        set('response.attestationObject', toPlain),
        60386,
        'response.attestationObject',
        'response.attestationObject is plain base64 (with + or /);',
      ],
      [
        'the other ceremony’s credential',
        () => authentication,
        60380,
        'response',
        'The body is the payload of ApproveChallenge',
      ],
      [
        'the attachment of a security key, made up as platform',
        set('response.transports', ['usb', 'nfc']),
        60377,
        'authenticatorAttachment',
        'authenticatorAttachment is "platform", but response.transports lists only transports of security keys;',
      ],
      [
        'unknown transports',
        set('response.transports', ['cable']),
        60378,
        'response.transports',
        'response.transports holds "cable";',
      ],
      [
        'one unknown transport among others',
        set('response.transports', ['usb', 'hybrid', 'cable', 'nfc']),
        60378,
        'response.transports',
        'response.transports holds "cable";',
      ],
      [
        'a transport that is not a text',
        set('response.transports', ['usb', 1]),
        60378,
        'response.transports',
        'response.transports holds a number;',
      ],
      [
        'what fido2-net-lib’s page sends, with an attachment',
        ({ response: { attestationObject, clientDataJSON }, ...rest }) => ({
          ...rest,
          extensions: {},
          response: { AttestationObject: attestationObject, clientDataJson: clientDataJSON },
        }),
        60380,
        'response.clientDataJSON',
        'clientDataJSON is spelled clientDataJson;',
      ],
      [
        'what @passwordless-id/webauthn 1 returns',
        ({ id, response }) => ({
          username: 'ada',
          credential: { id, publicKey: 'MFkw', algorithm: 'ES256' },
          authenticatorData: 'SZYN',
          clientData: response.clientDataJSON,
        }),
        60380,
        '',
        'The body is what version 1 of @passwordless-id/webauthn makes',
      ],
      [
        'transports as text',
        set('response.transports', 'usb'),
        60378,
        'response.transports',
        'response.transports is "usb";',
      ],
      [
        'Transports',
        rename('response.transports', 'Transports'),
        60378,
        'response.transports',
        'transports is spelled',
      ],
    ],
  ],
  [
    'checkAuthentication()',
    checkAuthentication,
    authentication,
    [
      ...both,
      ...head,
      ...ofBytes('response.clientDataJSON', 60380),
      ...ofBytes('response.authenticatorData', 60379),
      ...ofBytes('response.signature', 60381),
      [
        'response.signature plain base64',
        set('response.signature', toPlain),
        60381,
        'response.signature',
        'response.signature is plain base64 (with + or /);',
      ],
      [
        'response.signature with spaces in place of +',
        set('response.signature', (text: string) => toPlain(text).replace(/\+/g, ' ')),
        60381,
        'response.signature',
        'response.signature is base64 with line breaks, or with spaces in place of +;',
      ],
      [
        'what @passwordless-id/webauthn 1 returns',
        ({ id, response }) => ({
          credentialId: id,
          authenticatorData: response.authenticatorData,
          clientData: response.clientDataJSON,
          signature: response.signature,
        }),
        60380,
        '',
        'The body is what version 1 of @passwordless-id/webauthn makes',
      ],
      ...ofBytes('response.userHandle', 60420).filter(optional),
      [
        'the other ceremony’s credential',
        () => registration,
        60380,
        'response',
        'The body is the payload of VerifyFactor',
      ],
      [
        'user_handle',
        rename('response.userHandle', 'user_handle'),
        60420,
        'response.userHandle',
        'userHandle is spelled user_handle;',
      ],
      [
        'userHandle as the SID itself',
        set('response.userHandle', (text: string) => toBuffer(text).toString()),
        60420,
        'response.userHandle',
        'response.userHandle is decoded text;',
      ],
    ],
  ],
];
