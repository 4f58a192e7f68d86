/** The check looks into what the browser and the authenticator signed. */
import { expect, test } from '@playwright/test';
import { checkAuthentication, checkRegistration, type Expected } from 'verify-passkeys';
import { authentication, bytes, type Change, recorded, registration, set, sign } from '../credential.ts';
import { createAuthenticator, encode, flag, page, writeCbor } from '../software-authenticator.ts';

type Row = [what: string, change: Change, code: number, path: string, message: RegExp];

const clientData = 'response.clientDataJSON';
const encodeTwice = (text: string) => encode(text);
const sid = (letters: string) => encode(letters + 'a'.repeat(32));

/** As a browser makes a passkey without asking the user. */
const silent = (await createAuthenticator()).register(sid('YF'), { flags: flag.attested });

const both = (type: string, resource: string): Row[] => [
  ['clientDataJSON encoded twice', set(clientData, encodeTwice), 60380, clientData, /is encoded twice/],
  [
    'clientDataJSON as text',
    set(clientData, (text: string) => atob(text)),
    60380,
    clientData,
    /is decoded text/,
  ],
  [
    'clientDataJSON as an object',
    set(clientData, (text: string) => JSON.parse(atob(text))),
    60380,
    clientData,
    /is a parsed object/,
  ],
  [
    'clientDataJSON cut',
    set(clientData, (text: string) => text.slice(0, -8)),
    60380,
    clientData,
    /^clientDataJSON does not decode to a JSON object/,
  ],
  [
    'clientDataJSON without origin',
    sign(({ origin, ...data }) => data),
    60380,
    clientData,
    /^clientDataJSON does not decode to a JSON/,
  ],
  [
    'clientDataJSON that is not UTF-8',
    bytes(clientData, () => Buffer.alloc(40, 0xff)),
    60380,
    clientData,
    /^clientDataJSON does not decode to a JSON/,
  ],
  [
    'another type',
    sign((data) => ({ ...data, type: 'payment.get' })),
    60380,
    clientData,
    new RegExp(
      `^clientDataJSON is of the wrong ceremony: got the type "payment.get", expected "${type}"\\.$`,
    ),
  ],
  [
    'a challenge that is not a SID',
    sign((data) => ({ ...data, challenge: encode('random') })),
    60380,
    clientData,
    new RegExp(
      `^The challenge in clientDataJSON is not one that Verify makes; expected one that encodes a ${resource} SID`,
    ),
  ],
  [
    'a challenge used as text',
    sign((data) => ({ ...data, challenge: encode(data.challenge!) })),
    60380,
    clientData,
    /^The challenge in clientDataJSON is encoded twice/,
  ],
  [
    'a challenge with a byte order mark',
    sign((data) => ({ ...data, challenge: encode(`\uFEFF${atob(data.challenge!)}`) })),
    60380,
    clientData,
    /^The challenge in clientDataJSON is not one/,
  ],
  [
    'a challenge with other bits at its end',
    sign((data) => ({ ...data, challenge: `${data.challenge!.slice(0, -1)}B` })),
    60380,
    clientData,
    /^The challenge in clientDataJSON is not one/,
  ],
];

const attestation = 'response.attestationObject';
const authData = new Uint8Array(37);
const cbor = (entries: [string, Parameters<typeof writeCbor>[0]][]) => () =>
  encode(writeCbor(new Map(entries)));

const registrations: Row[] = [
  ...both('webauthn.create', 'Factor'),
  [
    'clientDataJSON of a sign-in',
    set(clientData, authentication.response.clientDataJSON),
    60380,
    clientData,
    /^clientDataJSON is of the wrong ceremony/,
  ],
  [
    'the challenge of a Challenge',
    sign((data) => ({ ...data, challenge: sid('YC') })),
    60380,
    clientData,
    /^The challenge in clientDataJSON is that of a Challenge; expected/,
  ],
  [
    'attestationObject that is not CBOR',
    set(attestation, encode('plain text')),
    60386,
    attestation,
    /^attestationObject does not decode to a CBOR map/,
  ],
  ['attestationObject encoded twice', set(attestation, encodeTwice), 60386, attestation, /is encoded twice/],
  [
    'attestationObject with a byte too many',
    bytes(attestation, (all) => Buffer.concat([all, Buffer.of(0)])),
    60386,
    attestation,
    /^attestationObject does not decode to a CBOR map/,
  ],
  [
    'attestationObject without authData',
    set(
      attestation,
      cbor([
        ['fmt', 'none'],
        ['attStmt', new Map()],
      ]),
    ),
    60386,
    attestation,
    /^attestationObject lacks fmt, attStmt or authData/,
  ],
  [
    'attestationObject whose fmt has a byte order mark',
    set(
      attestation,
      cbor([
        ['\uFEFFfmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]),
    ),
    60386,
    attestation,
    /^attestationObject lacks fmt, attStmt or authData/,
  ],
  [
    'attestationObject with short authData',
    set(
      attestation,
      cbor([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData.slice(1)],
      ]),
    ),
    60386,
    attestation,
    /authenticator data of 36 bytes; expected at least 37/,
  ],
  [
    'authData of a sign-in',
    set(
      attestation,
      cbor([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData.with(32, 1)],
      ]),
    ),
    60387,
    attestation,
    /holds no attested credential data/,
  ],
  [
    'authData cut',
    set(
      attestation,
      cbor([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData.with(32, 0x41)],
      ]),
    ),
    60387,
    attestation,
    /is cut or has bytes left over/,
  ],
  [
    'the id of another passkey',
    (body) => ({ ...body, id: encode('another one'), rawId: encode('another one') }),
    60375,
    'id',
    /^id is not the id of the passkey in attestationObject/,
  ],
  [
    'a public key with an altered byte',
    bytes(attestation, (all) => all.with(all.length - 1, all.at(-1)! ^ 1)),
    60385,
    attestation,
    /holds a public key that does not fit its algorithm/,
  ],
  ['an attestation without user presence', () => silent, 60386, attestation, /lacks the user-present flag/],
];

const dataPath = 'response.authenticatorData';
const authentications: Row[] = [
  ...both('webauthn.get', 'Challenge'),
  [
    'clientDataJSON of a registration',
    set(clientData, registration.response.clientDataJSON),
    60380,
    clientData,
    /^clientDataJSON is of the wrong ceremony/,
  ],
  [
    'the challenge of a Factor',
    sign((body) => ({ ...body, challenge: sid('YF') })),
    60380,
    clientData,
    /^The challenge in clientDataJSON is that of a Factor; expected/,
  ],
  [
    'authenticatorData of 36 bytes',
    bytes(dataPath, (all) => all.subarray(0, 36)),
    60379,
    dataPath,
    /authenticator data of 36 bytes; expected at least 37/,
  ],
  [
    'authenticatorData of 38 bytes',
    bytes(dataPath, (all) => Buffer.concat([all, Buffer.of(0)])),
    60379,
    dataPath,
    /is cut or has bytes left over/,
  ],
  [
    'authenticatorData without user presence',
    bytes(dataPath, (all) => all.with(32, 0)),
    60379,
    dataPath,
    /lacks the user-present flag/,
  ],
  [
    'a signature cut',
    bytes('response.signature', (all) => all.subarray(0, 40)),
    60381,
    'response.signature',
    /is not a signature of any algorithm/,
  ],
  [
    'a signature of r and s instead of DER',
    bytes('response.signature', () => Buffer.alloc(64, 0x99)),
    60381,
    'response.signature',
    /looks like a raw ECDSA signature \(r and s, 64 bytes\); expected the DER sequence/,
  ],
  [
    'a userHandle encoded twice',
    set('response.userHandle', encodeTwice),
    60420,
    'response.userHandle',
    /is encoded twice/,
  ],
  [
    'a signature encoded twice',
    set('response.signature', encodeTwice),
    60381,
    'response.signature',
    /is encoded twice/,
  ],
  [
    'a userHandle with a byte order mark',
    set('response.userHandle', encode(`\uFEFFYE${'a'.repeat(32)}`)),
    60420,
    'response.userHandle',
    /does not encode an Entity SID/,
  ],
  [
    'a userHandle that is not an Entity SID',
    set('response.userHandle', encode('ada@example.com')),
    60420,
    'response.userHandle',
    /does not encode an Entity SID/,
  ],
];

const challengeOf = ({ response }: { response: { clientDataJSON: string } }): string =>
  JSON.parse(atob(response.clientDataJSON)).challenge;

const steps = [
  ['checkRegistration()', checkRegistration, registration, registrations],
  ['checkAuthentication()', checkAuthentication, authentication, authentications],
] as const;

for (const [name, check, good, rows] of steps) {
  for (const [what, change, code, path, message] of rows) {
    test(`${name} finds ${what}`, () => {
      const issues = check(change(good));
      expect(issues).toEqual([
        { code, path, message: expect.stringMatching(message), fix: expect.any(String) },
      ]);
    });
  }

  test(`${name} accepts a credential with the expected challenge, or the SID in it, and the expected origin and relying party id`, () => {
    const challenge = challengeOf(good);
    expect(check(good, { ...recorded, challenge })).toEqual([]);
    expect(check(good, { ...recorded, challenge: atob(challenge) })).toEqual([]);
  });

  const others: [string, Expected, number, string][] = [
    ['challenge', { challenge: sid('YF') }, 60380, `got "${challengeOf(good)}", expected "${sid('YF')}"`],
    [
      'origin',
      { origin: 'http://localhost' },
      60380,
      `got "${recorded.origin}", expected "http://localhost"`,
    ],
    ['relying party', { rpId: 'example.com' }, 60382, 'got "localhost", expected "example.com"'],
  ];
  for (const [what, expected, code, words] of others) {
    test(`${name} names the ${what} that came and the expected one if they differ`, () => {
      const issues = check(good, expected);
      expect(issues).toHaveLength(1);
      expect(issues[0]).toMatchObject({ code, message: expect.stringContaining(words) });
    });
  }

  test(`${name} finds nothing wrong with the members that toJSON() adds, or with unknown members`, () => {
    const added = {
      ...good.response,
      authenticatorData: 'AA',
      publicKey: 'AA',
      publicKeyAlgorithm: -7,
      new: 1,
    };
    const response = 'attestationObject' in good.response ? added : { ...good.response, new: 1 };
    expect(check({ ...good, response, clientExtensionResults: {} })).toEqual([]);
  });
}

test('checkRegistration() accepts a passkey made without asking the user only if the mediation was conditional', () => {
  expect(checkRegistration(silent, { mediation: 'conditional' })).toEqual([]);
  for (const mediation of [undefined, 'optional', 'required', 'silent'] as const) {
    expect(checkRegistration(silent, { mediation })).toMatchObject([{ code: 60386, path: attestation }]);
  }
});

test('checkAuthentication() requires the user-present flag, whatever the mediation was', async () => {
  const assertion = await (await createAuthenticator()).sign(sid('YC'), { flags: 0 });
  expect(checkAuthentication(assertion, { mediation: 'conditional' })).toMatchObject([
    { code: 60379, path: dataPath },
  ]);
});

test('checkRegistration() accepts a body without transports and type', () => {
  const { type, ...rest } = registration;
  const { transports, ...response } = registration.response;
  expect(checkRegistration({ ...rest, response })).toEqual([]);
});

test('checkAuthentication() accepts an absent, null or empty userHandle', () => {
  for (const userHandle of [undefined, null, '']) {
    expect(checkAuthentication(set('response.userHandle', userHandle)(authentication))).toEqual([]);
  }
});

test('checkRegistration() finds an issue in an attestationObject that is cut at any byte', () => {
  const whole = Buffer.from(registration.response.attestationObject, 'base64url');
  for (let length = 1; length < whole.length; length++) {
    const attestationObject = encode(whole.subarray(0, length));
    const response = { ...registration.response, attestationObject };
    expect(checkRegistration({ ...registration, response }), `${length} bytes`).not.toEqual([]);
  }
});

test('checkRegistration() comes to an end on CBOR that announces more than it holds', () => {
  const heads = [0x1b, 0x3b, 0x5b, 0x7b, 0x9b, 0xbb].flatMap((head) =>
    [0, 1, 3, 7, 8].map((more) => [head, ...Array(more).fill(0xff)]),
  );
  for (const inner of heads) {
    for (const outer of [[], [0xa1, 0x61, 0x61], [0x9a, 0xff, 0xff, 0xff, 0xff]]) {
      const response = {
        ...registration.response,
        attestationObject: encode(Uint8Array.from([...outer, ...inner])),
      };
      expect(checkRegistration({ ...registration, response })).toMatchObject([{ code: 60386 }]);
    }
  }
});

test('checkRegistration() accepts an attestation with a chain of certificates', () => {
  const whole = Buffer.from(registration.response.attestationObject, 'base64url');
  const certificates = Array.from({ length: 5 }, () => new Uint8Array(1200));
  const statement = new Map<string, Parameters<typeof writeCbor>[0]>([
    ['alg', -7],
    ['sig', new Uint8Array(70)],
    ['x5c', certificates],
  ]);
  const attestationObject = encode(
    writeCbor(
      new Map<string, Parameters<typeof writeCbor>[0]>([
        ['fmt', 'packed'],
        ['attStmt', statement],
        ['authData', whole.subarray(whole.indexOf('authData') + 'authData'.length + 2)],
      ]),
    ),
  );
  expect(checkRegistration(set(attestation, attestationObject)(registration))).toEqual([]);
});

test('checkRegistration() reads only about a thousand items of an attestation, however many there are', () => {
  const list = Buffer.concat([Buffer.of(0x99, 47_800 >> 8, 47_800 & 255), Buffer.alloc(47_800, 0x60)]);
  const { decode } = TextDecoder.prototype;
  let texts = 0;
  TextDecoder.prototype.decode = function (...args) {
    texts++;
    return decode.apply(this, args);
  };
  try {
    expect(checkRegistration(set(attestation, encode(list))(registration))).toMatchObject([{ code: 60386 }]);
  } finally {
    TextDecoder.prototype.decode = decode;
  }
  expect(texts).toBeLessThan(3000);
});

test('the checks strip a byte order mark before clientDataJSON, as WebAuthn says', () => {
  const marked = bytes(clientData, (all) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), all]));
  expect(checkRegistration(marked(registration))).toEqual([]);
  expect(checkAuthentication(marked(authentication))).toEqual([]);
});

test('checkAuthentication() accepts 64 bytes that can be an Ed25519 signature', () => {
  const signature = encode(new Uint8Array(64).fill(0x99).with(63, 0x0f));
  expect(checkAuthentication(set('response.signature', signature)(authentication))).toEqual([]);
});

for (const algorithm of ['ES256', 'RS256'] as const) {
  test(`the checks find nothing wrong with ${algorithm} credentials of a software authenticator`, async () => {
    const authenticator = await createAuthenticator(algorithm);
    const expected = { origin: page.origin, rpId: page.rpId };
    expect(checkRegistration(authenticator.register(sid('YF')), expected)).toEqual([]);
    expect(checkAuthentication(await authenticator.sign(sid('YC')), expected)).toEqual([]);
  });
}
