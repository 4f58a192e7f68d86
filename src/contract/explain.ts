/** Says in plain words what a broken rule means, what stood there and what to do; loaded only when something is wrong. */
import { type Expected, type Finding, judge, type Rule } from './judge.ts';
import { firstMistake, type Issue, isObject, kind, mendEncoding } from './mistake.ts';
import { ceremony, type Step } from './route.ts';

/** The issues of a body that `judge` found unfit, most telling first, and the body with what could be mended mended. */
export function explain(
  step: Step,
  body: unknown,
  expected: Expected = {},
): { issues: Issue[]; mended: unknown } {
  const issues: Issue[] = [];
  let mended = body;
  // Each mend removes one mistake of at most a dozen members; the bound is for objects that change as they are read.
  for (let turn = 0; turn < 24; turn++) {
    const mistake = firstMistake(step, mended);
    if (!mistake) break;
    issues.push(mistake.issue);
    if (mistake.mended === undefined) return { issues, mended: body };
    mended = mistake.mended;
  }
  const findings = judge(step, mended, expected);
  let repaired = 0;
  for (const finding of findings) {
    issues.push(phrase(step, finding, mended));
    const repair = mendEncoding(finding, mended);
    if (repair === undefined) continue;
    mended = repair;
    repaired++;
  }
  // Only a body whose every member can be decoded shows what its bytes say.
  if (repaired > 0 && repaired === findings.length) {
    issues.push(...judge(step, mended, expected).map((finding) => phrase(step, finding, mended)));
  }
  return { issues, mended };
}

function phrase(step: Step, finding: Finding, body: unknown): Issue {
  const [message, fix] =
    finding.rule === 'shape' ? phraseShape(step, finding.path, body) : words[finding.rule](finding, step);
  return { path: finding.path, code: finding.code, message, fix };
}

type Words = [message: string, fix: string];

function phraseShape(step: Step, path: string, body: unknown): Words {
  const value = path
    .split('.')
    .reduce<unknown>((object, name) => (isObject(object) ? object[name] : undefined), body);
  const source = `navigator.credentials.${step === 'register' ? 'create' : 'get'}`;
  const whole = `Send the whole credential that ${source} returned, every member under its own name.`;
  if (path === 'response')
    return [`response is ${kind(value)}; expected an object with ${parts[step]}.`, whole];
  if (path === 'type')
    return [`type is ${kind(value)}; expected "public-key".`, 'Send type as the browser gave it.'];
  if (path === 'response.transports') {
    return [
      `response.transports is ${kind(value)}; expected a list out of usb, nfc, ble, smart-card, internal and hybrid.`,
      'Send what getTransports() returned, without the names that are not listed, or leave transports out.',
    ];
  }
  if (path === 'authenticatorAttachment') {
    const received = value === 'any' ? '"any"' : kind(value);
    return [
      `authenticatorAttachment is ${received}; expected "platform" or "cross-platform".`,
      value === 'any'
        ? 'Send the attachment of the credential, not the one of the options: "any" is a wish, never an answer.'
        : 'Send authenticatorAttachment of the credential; where the browser gave null, send "platform".',
    ];
  }
  if (typeof value !== 'string' || value === '') {
    return [
      `${path} is ${isObject(value) ? buffer(value) : kind(value)}; expected base64url text.`,
      isObject(value) ? encode(path) : whole,
    ];
  }
  return [`${path} is ${encoding(value)}; expected base64url text without padding.`, encode(path)];
}

const parts = {
  register: 'clientDataJSON and attestationObject',
  authenticate: 'clientDataJSON, authenticatorData and signature',
};

const encode = (path: string) =>
  `Encode the bytes of ${path} as base64url: A to Z, a to z, 0 to 9, - and _, no = at the end.`;

/** What JSON.stringify makes of an ArrayBuffer ({}) and of a typed array ({"0": 123, …}). */
function buffer(value: Record<string, unknown>): string {
  const keys = Object.keys(value);
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return kind(value);
  if (keys.length === 0) return 'an empty object, which is what JSON makes of an ArrayBuffer';
  if (keys[0] === '0') return 'an object of numbered bytes, which is what JSON makes of a Uint8Array';
  if (value.type === 'Buffer')
    return "an object with type and data, which is what JSON makes of Node's Buffer";
  return 'an object';
}

function encoding(value: string): string {
  if (/^[A-Za-z0-9_-]+=+$/.test(value)) return 'padded base64url (it ends in =)';
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return 'plain base64 (with + or /)';
  if (/^[A-Za-z0-9_-]+$/.test(value))
    return 'cut or altered base64url (its last character cannot stand there)';
  return `no base64url (${value.length} characters, some outside A to Z, a to z, 0 to 9, - and _)`;
}

const cameWith = ({ expected, received }: Finding) => `"${received}" came and "${expected}" was expected`;

const words: Record<Exclude<Rule, 'shape'>, (finding: Finding, step: Step) => Words> = {
  'ids differ': () => [
    'rawId is not the same as id; expected the same base64url text in both.',
    'Send id as the browser gave it and rawId as base64url of the same bytes, neither cut nor reformatted.',
  ],
  'raw id is hex': () => [
    'rawId is hex; expected base64url of the same bytes, which is what id holds.',
    'Send rawId as base64url: the same text as id.',
  ],
  'id is hex': () => [
    'id is hex; expected base64url of the same bytes.',
    'Send id as the browser gave it, and rawId the same.',
  ],
  'client data unreadable': () => [
    'clientDataJSON decodes to no JSON object with type, challenge and origin; expected the bytes that the browser made.',
    'Encode response.clientDataJSON as base64url straight from its ArrayBuffer.',
  ],
  'client data of the other step': (finding, step) => [
    `clientDataJSON is of the wrong step: as its type, ${cameWith(finding)}.`,
    finding.received === ceremony[other(step)].type
      ? `Post this credential to ${ceremony[other(step)].finish}; ${ceremony[step].finish} takes the one of navigator.credentials.${step === 'register' ? 'create' : 'get'}.`
      : 'Send response.clientDataJSON exactly as the browser made it.',
  ],
  'challenge is no SID': (_, step) => [
    `The challenge in clientDataJSON encodes no ${ceremony[step].resource} SID (${ceremony[step].sid} and 32 hex digits); expected the challenge of Verify's options.`,
    `Call navigator.credentials with options.publicKey.challenge of the ${ceremony[step].resource} that Verify just made, decoded from base64url once.`,
  ],
  'another challenge': (finding) => [
    `clientDataJSON answers another challenge: ${cameWith(finding)}.`,
    'Finish a ceremony with the credential that was made from its own options; begin anew where they are gone.',
  ],
  'another origin': (finding) => [
    `clientDataJSON is of another origin: ${cameWith(finding)}.`,
    "Open the page on the expected origin, or add this one to the Verify Service's relying party origins, scheme and port included.",
  ],
  'another relying party': (finding) => [
    `The authenticator signed for another relying party: "${finding.received}" came and the hash of "${finding.expected}" was expected.`,
    "Use the relying party id of the Verify Service in the options: a bare domain, the page's own or a parent of it.",
  ],
  'attestation unreadable': () => [
    'attestationObject decodes to no CBOR map; expected the bytes that the authenticator made.',
    'Encode response.attestationObject as base64url straight from its ArrayBuffer.',
  ],
  'attestation without authData': () => [
    'attestationObject lacks fmt, attStmt or authData; expected all three.',
    'Send response.attestationObject of the credential, not a part of it such as getAuthenticatorData().',
  ],
  'authenticator data short': ({ path, received }) => [
    `${path} holds authenticator data of ${received}; expected at least 37.`,
    `Encode the whole of ${path} as base64url straight from its ArrayBuffer.`,
  ],
  'authenticator data unreadable': ({ path }) => [
    `${path} holds authenticator data that is cut or has bytes left over; expected what its flags announce.`,
    `Encode the whole of ${path} as base64url straight from its ArrayBuffer.`,
  ],
  'user not present': ({ path }) => [
    `${path} lacks the user-present flag; expected somebody to have touched or unlocked the authenticator.`,
    'Run the ceremony again and let the user confirm it; Verify takes no silent assertion.',
  ],
  'no attested credential': ({ path }) => [
    `${path} holds no attested credential data; expected the new passkey's id and public key.`,
    'Send the attestationObject of navigator.credentials.create; the authenticator data of a sign-in has none.',
  ],
  'another credential attested': () => [
    'id is not the id of the passkey in attestationObject; expected the same bytes.',
    'Send id as the browser gave it: base64url of the raw bytes, neither hex nor cut, and of this credential.',
  ],
  'public key unusable': ({ path }) => [
    `${path} holds a public key that is none of its algorithm; expected a COSE key as the authenticator made it.`,
    `Encode ${path} as base64url straight from its ArrayBuffer, and change nothing in it.`,
  ],
  'signature malformed': ({ path }) => [
    `${path} is no signature of any algorithm that passkeys use; expected the bytes that the authenticator made.`,
    `Encode ${path} as base64url straight from its ArrayBuffer.`,
  ],
  'no entity': ({ path }) => [
    `${path} encodes no Entity SID (YE and 32 hex digits); expected user.id of the options as the authenticator kept it.`,
    `Send ${path} as the browser gave it, base64url once, or leave it out where it is empty.`,
  ],
};

const other = (step: Step): Step => (step === 'register' ? 'authenticate' : 'register');
