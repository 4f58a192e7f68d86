/**
 * Every sentence of the checks: what is wrong, and how it is fixed. This is the one place to correct a wrong message.
 * Nothing here decides what is wrong, and nothing elsewhere looks into a sentence.
 */
import { type Ceremony, ceremonies } from '../ceremony.ts';
import type { EncodingKind } from './encoding.ts';
import type { Finding, Rule } from './finding.ts';
import { requiredOf } from './member.ts';
import type { Form } from './member-type.ts';
import { quote } from './quote.ts';

/** The two sentences of an issue. */
export type Sentences = readonly [message: string, fix: string];

/** A name within a sentence: unchanged if it is an ordinary one, otherwise in quotes. */
const name = (text: string) => (/^[\w.[\]-]+$/.test(text) ? text : quote(text));

/** What is said about a value after "is". A # stands for its length. */
const kinds: Record<EncodingKind, string> = {
  missing: 'missing',
  null: 'null',
  'empty text': 'an empty string',
  text: 'a string of # characters',
  number: 'a number',
  boolean: 'a boolean',
  bigint: 'a bigint',
  symbol: 'a symbol',
  function: 'a function',
  array: 'an array',
  binary: 'binary',
  object: 'an object',
  'empty object': 'an empty object, which is what JSON makes of an ArrayBuffer or a credential',
  'array of bytes': 'an array of bytes',
  'object of bytes': 'an object of bytes',
  'binary of bytes': 'binary of bytes',
  'parsed object': 'a parsed object',
  'decoded text': 'decoded text',
  quoted: 'JSON text of a string',
  hex: 'hex',
  'no base64url': 'not base64url (# characters, some outside A to Z, a to z, 0 to 9, - and _)',
  altered: 'base64url that was cut or altered',
  'plain base64': 'plain base64 (with + or /)',
  padded: 'padded base64url (with =)',
  spaced: 'base64 with line breaks, or with spaces in place of +',
  'encoded word': 'base64 between =?BINARY?B? and ?=, as a PHP library writes it',
  'encoded twice': 'encoded twice',
  base64url: 'base64url',
};

export const describe = (kind: EncodingKind, length = 0) => kinds[kind].replace('#', `${length}`);

const whole = 'Send the whole credential that the browser returned, every member under its own name.';

const straight = (path: string) =>
  `Encode the whole of ${path} as base64url straight from its ArrayBuffer, and change nothing in it.`;

/** Members that hold no bytes although they should. `paths` are all that have the same fault. */
export const lost = (paths: string[], what: string): Sentences => [
  `${paths.join(', ')} ${paths[1] ? 'are each' : 'is'} ${what}; expected base64url text.`,
  whole,
];

/** Members with bytes in another encoding. `paths` are all that have the same encoding. */
export const encoded = (paths: string[], what: string): Sentences => [
  `${paths.join(', ')} ${paths[1] ? 'are each' : 'is'} ${what}; expected base64url text, encoded once and without padding.`,
  `Encode the bytes of ${paths.join(', ')} as base64url, once: A to Z, a to z, 0 to 9, - and _, no = at the end.`,
];

/** A member of plain JSON that has a wrong form. */
export const misshapen = (path: string, what: string, wanted: string): Sentences => [
  `${path} is ${what}; expected ${wanted}.`,
  fixes[path] ?? `Send ${path} as the browser gave it.`,
];

/** A list that holds an item that it may not hold. */
export const strayItem = (path: string, what: string, wanted: string): Sentences => [
  `${path} holds ${what}; expected ${wanted}.`,
  fixes[path] ?? `Send ${path} as the browser gave it.`,
];

/** The attachment of the options, sent instead of the one of the credential. */
export const wishedAttachment = (path: string, what: string, wanted: string): Sentences => [
  `${path} is ${what}; expected ${wanted}.`,
  'Send the attachment of the credential, not that of the options: only options may say "any".',
];

/** `authenticatorAttachment || 'platform'`, sent for a security key. */
export const madeUpAttachment: Sentences = [
  'authenticatorAttachment is "platform", but response.transports lists only transports of security keys; expected "cross-platform".',
  'Send authenticatorAttachment of the credential; if the browser gave null, send "platform" only if the transports name internal.',
];

export const oneOf = (words: readonly string[]) => words.map((word) => `"${word}"`).join(' or ');

export const listOf = (words: 'text' | readonly string[]) =>
  words === 'text'
    ? 'a list of strings'
    : `a list of any of ${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** What a member with a plain form should be. */
export const forms: Record<Form & string, (ceremony: Ceremony) => string> = {
  base64url: () => 'base64url text',
  text: () => 'a string',
  number: () => 'a number',
  boolean: () => 'a boolean',
  object: (ceremony) => `an object with ${requiredOf(ceremony).join(', ')}`,
};

/** How members of plain JSON are fixed, if there is more to say than to send them unchanged. */
const fixes: Record<string, string> = {
  response: whole,
  authenticatorAttachment:
    'Send authenticatorAttachment of the credential; if the browser gave null, send "cross-platform" if the passkey has transports without internal, else "platform".',
  'response.transports':
    'Send what getTransports() returned, without the names that are not listed, or leave transports out.',
};

const difference = ({ expected, received }: Finding) => `got ${quote(received)}, expected ${quote(expected)}`;

/** The rules whose sentences depend on nothing but the finding. */
export const rules: Record<
  Exclude<Rule, 'shape' | 'challenge is no SID' | 'another relying party'>,
  (finding: Finding) => Sentences
> = {
  'ids differ': () => [
    'rawId is not the same as id; expected the same base64url text in both.',
    'Send id as the browser gave it and rawId as base64url of the same bytes, neither cut nor reformatted.',
  ],
  'client data unreadable': ({ path }) => [
    'clientDataJSON does not decode to a JSON object with type, challenge and origin; expected the bytes that the browser made.',
    straight(path),
  ],
  'client data of the other ceremony': ({ received, expected }) => [
    `clientDataJSON is of the wrong ceremony: got the type ${quote(received)}, expected ${quote(expected)}.`,
    'Take clientDataJSON and the other members of response from the same credential.',
  ],
  'another challenge': (finding) => [
    `clientDataJSON answers another challenge: ${difference(finding)}.`,
    'Finish a ceremony with the credential that was made from its own options; start again if they are gone.',
  ],
  'another origin': (finding) => [
    `clientDataJSON is of another origin: ${difference(finding)}.`,
    "Open the page on the expected origin, or add the page's origin to the Verify Service's relying party origins, scheme and port included.",
  ],
  'attestation unreadable': ({ path }) => [
    'attestationObject does not decode to a CBOR map; expected the bytes that the authenticator made.',
    straight(path),
  ],
  'attestation without authData': () => [
    'attestationObject lacks fmt, attStmt or authData; expected all three.',
    'Send response.attestationObject of the credential, not a part of it such as getAuthenticatorData().',
  ],
  'authenticator data short': ({ path, received }) => [
    `${path} holds authenticator data of ${received} bytes; expected at least 37.`,
    straight(path),
  ],
  'authenticator data unreadable': ({ path }) => [
    `${path} holds authenticator data that is cut or has bytes left over; expected what its flags announce.`,
    straight(path),
  ],
  'user not present': ({ path }) => [
    `${path} lacks the user-present flag; expected somebody to have touched or unlocked the authenticator.`,
    'Run the ceremony again and let the user confirm it: only a passkey made with mediation "conditional" may lack the flag.',
  ],
  'no attested credential': ({ path }) => [
    `${path} holds no attested credential data; expected the new passkey's id and public key.`,
    'Send the attestationObject of the registration; the authenticator data of a sign-in holds no such data.',
  ],
  'another credential attested': () => [
    'id is not the id of the passkey in attestationObject; expected the same bytes.',
    'Send id as the browser gave it: base64url of the raw bytes, not cut, and of this credential.',
  ],
  'public key unusable': ({ path }) => [
    `${path} holds a public key that does not fit its algorithm; expected a COSE key as the authenticator made it.`,
    straight(path),
  ],
  'signature malformed': ({ path }) => [
    `${path} is not a signature of any algorithm that passkeys use; expected the bytes that the authenticator made.`,
    straight(path),
  ],
  'raw signature': ({ path }) => [
    `${path} looks like a raw ECDSA signature (r and s, 64 bytes); expected the DER sequence that the authenticator made.`,
    `Send ${path} as the authenticator made it: do not convert it to the raw form that Web Crypto takes.`,
  ],
  'no entity': ({ path }) => [
    `${path} does not encode an Entity SID (YE and 32 hex digits); expected user.id of the options as the authenticator kept it.`,
    `Send ${path} as the browser gave it, base64url once, or leave it out if it is empty.`,
  ],
};

/** A challenge that Verify did not make for this ceremony. */
export const challenges = {
  'of the other ceremony': (resource: string) => `that of a ${resource}`,
  'encoded twice': () => 'encoded twice',
  unknown: () => 'not one that Verify makes',
};

export function wrongChallenge(which: string, ceremony: Ceremony): Sentences {
  const { resource, sid } = ceremonies[ceremony];
  return [
    `The challenge in clientDataJSON is ${which}; expected one that encodes a ${resource} SID (${sid} and 32 hex digits).`,
    `Give the browser options.publicKey.challenge of the ${resource} that Verify just made, decoded from base64url once.`,
  ];
}

/** `signedFor` is the relying party id whose hash came, or undefined if it is not known. */
export const wrongParty = (signedFor: string | undefined, expected: string | undefined): Sentences => [
  `The authenticator signed for another relying party: ${signedFor ? `got ${quote(signedFor)}` : 'got a hash of an unknown id'}, expected ${quote(expected)}.`,
  "Use the relying party id of the Verify Service in the options: a bare domain, the page's own or a parent of it.",
];

/** A value whose getters throw, or that changes between two reads: it may be hostile, or a revoked proxy. */
export const unreadable: Sentences = [
  'The body cannot be read, or changes as it is read; expected the credential as a plain JSON object.',
  'Send the plain object that createCredential or getCredential resolves to.',
];

/** Verify refused a body that is fit to send: the Service has other settings, or the body changed on its way. */
export const refused = (path: string, origin?: string, rpId?: string): Sentences => [
  `Verify refused ${path}, although the check found nothing wrong: the credential was made on ${quote(origin)} for the relying party ${quote(rpId)}.`,
  'Make sure that the Verify Service names this origin and relying party id, and that the relay passes the body on unchanged, as JSON encoded once.',
];

const maker = { register: 'createCredential', authenticate: 'getCredential' };

export const live: Sentences = [
  "The body is the browser's live PublicKeyCredential; expected its JSON form, since its ArrayBuffers become {} in JSON.",
  'Use createCredential or getCredential, or call toJSON() on the credential, and send what it returns.',
];

/** `first` is the member that the message names, `slips` are all misspelled members. */
export const misspelled = (first: Slip, slips: Slip[]): Sentences => [
  `${first.name} is spelled ${name(first.key)}; expected exactly ${first.name}.`,
  `Rename ${slips.map((slip) => `${name(slip.key)} to ${slip.name}`).join(', ')}.`,
];

/** A key, and the name that it means. */
export type Slip = { name: string; key: string };

export const stringified: Sentences = [
  'The body is a JSON string that holds JSON text; expected the credential as a JSON object: it was encoded twice.',
  'Call JSON.stringify once, or hand the object to a client that does it for you.',
];

export const elsewhere = (path: string): Sentences => [
  `The credential stands under ${name(path)}; expected id, rawId and response at the top level of the body.`,
  `Send what stands under ${name(path)} as the whole body.`,
];

export const formKeys = (key: string): Sentences => [
  `The body has form keys such as ${name(key)}; expected JSON, with the members of response in an object of that name.`,
  'Send the credential as application/json, by JSON.stringify, and not as a form.',
];

export const optionsInstead = (ceremony: Ceremony): Sentences =>
  noCredential('the options that Verify sent', ceremony);

export const noCredential = (what: string, ceremony: Ceremony): Sentences => [
  `The body is ${what}; expected the credential as a JSON object.`,
  `Send ${ceremonies[ceremony].finish} the whole credential that ${maker[ceremony]} resolves to, as application/json.`,
];

export const simplified = (ceremony: Ceremony): Sentences => [
  'The body is what version 1 of @passwordless-id/webauthn makes of a credential; expected the credential whole, under the names that the browser gives.',
  `Send what ${maker[ceremony]} resolves to, or use version 2 of that library, which keeps the credential whole.`,
];

export const flat = ([first, ...others]: string[]): Sentences => [
  `${first} stands at the top level; it belongs under response${others[0] ? `, as do ${others.join(', ')}` : ''}.`,
  `Nest ${[first, ...others].join(', ')} in an object named response, as the browser returned it.`,
];

export const stringifiedResponse: Sentences = [
  'response is a string that holds JSON text; expected an object: it was encoded twice.',
  'Call JSON.stringify on the whole credential only, not on response first.',
];

export const doubleResponse: Sentences = [
  'response holds another response; expected its members one level higher.',
  'Send response.response as response.',
];

export const strangeResponse = (what: string, ceremony: Ceremony): Sentences => [
  `response is ${what}; expected ${forms.object(ceremony)}.`,
  'Encode the members of response one by one: JSON makes {} of the object that the browser returned.',
];

/**
 * The credential of the other ceremony: cause 3 on Twilio's page about 60380. `theirs` are the members that show it.
 */
export const otherCeremony = (ceremony: Ceremony, theOther: Ceremony, theirs: string[]): Sentences => [
  `The body is the payload of ${ceremonies[theOther].finish} (it holds ${theirs.join(' and ')}); ${ceremonies[ceremony].finish} expects ${requiredOf(ceremony).join(', ')} under response.`,
  `Post this credential to ${ceremonies[theOther].finish}, or send the one that ${maker[ceremony]} resolves to.`,
];
