/** Says in plain words what a broken rule means, what stood there and what to do; loaded only when something is wrong. */

import { type Ceremony, ceremonies, theOther } from '../ceremony.ts';
import { readSid } from '../challenge.ts';
import { readClientData } from '../client-data.ts';
import { readEncoding } from './encoding.ts';
import { hashOf, judge } from './judge.ts';
import { type Body, firstMistake, type Issue, isObject, kind, required } from './mistake.ts';
import { codes, type Expected, type Finding, type Rule } from './shape.ts';

/** The issues of a body that `judge` found unfit, most telling first, and the body with what could be mended mended. */
export function explain(
  ceremony: Ceremony,
  body: unknown,
  expected: Expected = {},
): { issues: Issue[]; mended: unknown } {
  const issues: Issue[] = [];
  let mended = body;
  // Each mend removes one mistake of at most a dozen members; the bound is for objects that change as they are read.
  for (let turn = 0; turn < 24; turn++) {
    const mistake = firstMistake(ceremony, mended);
    if (mistake) {
      issues.push(mistake.issue);
      if (mistake.mended === undefined) break;
      mended = mistake.mended;
      continue;
    }
    const findings = judge(ceremony, mended, expected);
    const encodings = findings.map((finding) => encodingOf(finding, mended));
    findings.forEach((finding, i) => {
      const what = encodings[i]?.[0];
      const alike = findings.filter((_, j) => what !== undefined && encodings[j]?.[0] === what);
      if (alike.length > 0 && alike[0] !== finding) return;
      const [message, fix] = what
        ? phraseEncoding(what, alike)
        : words[finding.rule](finding, ceremony, mended as Body);
      issues.push({ path: finding.path, code: finding.code, message, fix });
    });
    findings.forEach(({ path }, i) => {
      const meant = encodings[i]?.[1];
      if (meant !== undefined) mended = put(mended as Body, path.split('.'), meant);
    });
    // Only a body whose every member can be decoded shows what its bytes say.
    if (findings.length === 0 || encodings.some((encoding) => encoding?.[1] === undefined)) break;
  }
  return { issues: issues.length > 0 ? issues : [unreadable], mended };
}

/** Of a value that throws as it is read, or that is another at each reading: a hostile getter, a revoked proxy. */
export const unreadable: Issue = {
  path: '',
  code: 60380,
  message:
    'The body cannot be read, or changes as it is read; expected the credential as a plain JSON object.',
  fix: 'Send the plain object that createCredential or getCredential resolves to.',
};

/** Numbers of what is within a member. */
const relatives: Record<number, string> = {
  60382: 'response.authenticatorData',
  60385: 'response.attestationObject',
  60387: 'response.attestationObject',
};

/**
 * The issues of a body that Verify refused under a number of a credential's member, or one that says so where nothing
 * is wrong with it; undefined for any other code.
 */
export function explainCauses(
  ceremony: Ceremony,
  body: unknown,
  expected: Expected,
  code: number | string,
): Issue[] | undefined {
  if (typeof code !== 'number' || !(code in relatives || Object.values(codes).includes(code)))
    return undefined;
  if (judge(ceremony, body, expected).length > 0) return explain(ceremony, body, expected).issues;
  return [explainRefusal(code, expected)];
}

/** What is left where Verify refused a body that is fit: the Service is set otherwise, or the body changed on its way. */
function explainRefusal(code: number, { origin, rpId }: Expected): Issue {
  const path = Object.keys(codes).find((path) => codes[path] === code) ?? relatives[code] ?? 'response';
  return {
    path,
    code,
    message: `Verify refused ${path || 'the body'}, yet what left the page is fit: it was made on "${origin}" for the relying party "${rpId}".`,
    fix: 'See that the Verify Service names this origin and relying party id, and that the relay passes the body on unchanged, as JSON encoded once.',
  };
}

const valueAt = (body: unknown, path: string): unknown =>
  path.split('.').reduce((object, name) => (isObject(object) ? object[name] : undefined), body);

const put = (object: Body, [name = '', ...rest]: string[], value: unknown): Body => ({
  ...object,
  [name]: rest.length > 0 ? put(object[name] as Body, rest, value) : value,
});

/** The members that hold no bytes. */
const plain = ['type', 'authenticatorAttachment', 'response', 'response.transports'];

/** How a member of bytes was written, where that is what is wrong with it. */
function encodingOf({ rule, path }: Finding, body: unknown): [what: string, meant?: string] | undefined {
  if (plain.includes(path)) return undefined;
  const encoding = readEncoding(valueAt(body, path));
  const isTwice = encoding[1] !== undefined && path.includes('.') && rule !== 'no entity';
  return rule === 'shape' || isTwice ? encoding : undefined;
}

type Words = [message: string, fix: string];

function phraseEncoding(what: string, findings: Finding[]): Words {
  const paths = findings.map(({ path }) => path).join(', ');
  const isGone = /^(missing|null|an empty string|a (number|boolean|string))/.test(what);
  return [
    `${paths} ${findings.length > 1 ? 'are each' : 'is'} ${what}; expected base64url text${isGone ? '' : ', encoded once and without padding'}.`,
    isGone
      ? whole
      : `Encode the bytes of ${paths} as base64url, once: A to Z, a to z, 0 to 9, - and _, no = at the end.`,
  ];
}

const whole = 'Send the whole credential that the browser returned, every member under its own name.';

const straight = (path: string) =>
  `Encode the whole of ${path} as base64url straight from its ArrayBuffer, and change nothing in it.`;

function phraseShape({ path }: Finding, ceremony: Ceremony, body: Body): Words {
  const value = valueAt(body, path);
  const what = typeof value === 'string' && /^[\w. -]{1,20}$/.test(value) ? `"${value}"` : kind(value);
  const [wanted, fix] = {
    response: [`an object with ${required[ceremony].join(', ')}`, whole],
    type: ['"public-key"', 'Send type as the browser gave it.'],
    authenticatorAttachment: [
      '"platform" or "cross-platform"',
      value === 'any'
        ? 'Send the attachment of the credential, not the one of the options: "any" is a wish, never an answer.'
        : 'Send authenticatorAttachment of the credential; where the browser gave null, send "platform".',
    ],
  }[path] ?? [
    'a list out of usb, nfc, ble, smart-card, internal and hybrid',
    'Send what getTransports() returned, without the names that are not listed, or leave transports out.',
  ];
  return [`${path} is ${what}; expected ${wanted}.`, fix!];
}

/** Long values are cut: an origin or a challenge is shorter. */
const cameWith = ({ expected, received }: Finding) =>
  `"${received?.slice(0, 100)}" came and "${expected?.slice(0, 100)}" was expected`;

const words: Record<Rule, (finding: Finding, ceremony: Ceremony, body: Body) => Words> = {
  shape: phraseShape,
  'ids differ': () => [
    'rawId is not the same as id; expected the same base64url text in both.',
    'Send id as the browser gave it and rawId as base64url of the same bytes, neither cut nor reformatted.',
  ],
  'client data unreadable': ({ path }) => [
    'clientDataJSON decodes to no JSON object with type, challenge and origin; expected the bytes that the browser made.',
    straight(path),
  ],
  'client data of the other ceremony': (finding) => [
    `clientDataJSON is of the wrong step: as its type, ${cameWith(finding)}.`,
    'Take clientDataJSON and the other members of response from one and the same credential.',
  ],
  'challenge is no SID': ({ received }, ceremony) => {
    const { resource, sid } = ceremonies[ceremony];
    return [
      `The challenge in clientDataJSON is ${whichChallenge(received!, ceremony)}; expected one that encodes a ${resource} SID (${sid} and 32 hex digits).`,
      `Give the browser options.publicKey.challenge of the ${resource} that Verify just made, decoded from base64url once.`,
    ];
  },
  'another challenge': (finding) => [
    `clientDataJSON answers another challenge: ${cameWith(finding)}.`,
    'Finish a ceremony with the credential that was made from its own options; begin anew where they are gone.',
  ],
  'another origin': (finding) => [
    `clientDataJSON is of another origin: ${cameWith(finding)}.`,
    "Open the page on the expected origin, or add this one to the Verify Service's relying party origins, scheme and port included.",
  ],
  'another relying party': ({ received, expected }, _, body) => [
    `The authenticator signed for another relying party: the hash of ${whichParty(received!, body)} came and that of "${expected}" was expected.`,
    "Use the relying party id of the Verify Service in the options: a bare domain, the page's own or a parent of it.",
  ],
  'attestation unreadable': ({ path }) => [
    'attestationObject decodes to no CBOR map; expected the bytes that the authenticator made.',
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
    'Run the ceremony again and let the user confirm it; Verify takes no silent answer.',
  ],
  'no attested credential': ({ path }) => [
    `${path} holds no attested credential data; expected the new passkey's id and public key.`,
    'Send the attestationObject of the registration; the authenticator data of a sign-in has none.',
  ],
  'another credential attested': () => [
    'id is not the id of the passkey in attestationObject; expected the same bytes.',
    'Send id as the browser gave it: base64url of the raw bytes, not cut, and of this credential.',
  ],
  'public key unusable': ({ path }) => [
    `${path} holds a public key that is none of its algorithm; expected a COSE key as the authenticator made it.`,
    straight(path),
  ],
  'signature malformed': ({ path }) => [
    `${path} is no signature of any algorithm that passkeys use; expected the bytes that the authenticator made.`,
    straight(path),
  ],
  'no entity': ({ path }) => [
    `${path} encodes no Entity SID (YE and 32 hex digits); expected user.id of the options as the authenticator kept it.`,
    `Send ${path} as the browser gave it, base64url once, or leave it out where it is empty.`,
  ],
};

function whichChallenge(challenge: string, ceremony: Ceremony): string {
  const { sid, resource } = ceremonies[theOther[ceremony]];
  if (readSid(sid, challenge)) return `that of a ${resource}`;
  const [, once] = readEncoding(challenge);
  return once && readSid(ceremonies[ceremony].sid, once) ? 'encoded twice' : 'none that Verify makes';
}

/** A hash says whose it is only to a guess: the page's domain or a parent of it. */
function whichParty(hash: string, { response }: Body): string {
  const { origin = '' } = readClientData((response as Body).clientDataJSON) ?? {};
  const labels = origin.replace(/^\w+:\/\/|:\d+$/g, '').split('.');
  const id = labels
    .slice(0, 10)
    .map((_, i) => labels.slice(i).join('.'))
    .find((id) => hashOf(id) === hash);
  return id ? `"${id}"` : 'an unknown one';
}
