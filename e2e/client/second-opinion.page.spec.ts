/** The browser reads the same options and writes the same credential as this package, but for what each test names. */
import type { Page } from '@playwright/test';
import { expect, test } from '../test.ts';

const bytes = (text: string) => Buffer.from(text).toString('base64url');

const descriptor = { id: bytes('first passkey'), type: 'public-key' };

const creation = {
  rp: { id: 'localhost', name: 'Example' },
  user: { id: bytes(`YE${'1'.repeat(32)}`), name: 'ada@example.com', displayName: 'Ada Lovelace' },
  challenge: bytes(`YF${'2'.repeat(32)}`),
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
};

/** Every member that both take, each with the values that it may have. */
const creations: Record<string, object> = {
  'no optional member': {},
  'no rp.id': { rp: { name: 'Example' } },
  'an empty displayName': { user: { ...creation.user, displayName: '' } },
  'several algorithms': { pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })) },
  'a timeout': { timeout: 600_000 },
  'no excluded passkey': { excludeCredentials: [] },
  'excluded passkeys': {
    excludeCredentials: [
      descriptor,
      { ...descriptor, id: bytes('\u00ff'.repeat(40)), transports: [] },
      {
        ...descriptor,
        id: bytes('x'),
        transports: ['internal', 'hybrid', 'usb', 'nfc', 'ble', 'smart-card'],
      },
      { ...descriptor, transports: ['a new one'] },
    ],
  },
  'no criteria': { authenticatorSelection: {} },
  ...Object.fromEntries(
    ['required', 'preferred', 'discouraged'].map((wish, i) => [
      `criteria that are ${wish}`,
      {
        authenticatorSelection: {
          ...(i < 2 && { authenticatorAttachment: ['platform', 'cross-platform'][i] }),
          requireResidentKey: i === 0,
          residentKey: wish,
          userVerification: wish,
        },
      },
    ]),
  ),
  ...Object.fromEntries(
    ['none', 'indirect', 'direct', 'enterprise'].map((attestation) => [
      `the attestation ${attestation}`,
      { attestation },
    ]),
  ),
  hints: { hints: ['security-key', 'client-device', 'hybrid'] },
  'no hints': { hints: [] },
  credProps: { extensions: { credProps: true } },
  'no extensions': { extensions: {} },
  'prf with inputs': {
    extensions: { prf: { eval: { first: bytes('salt 1'), second: bytes('salt 2') } } },
  },
  largeBlob: { extensions: { largeBlob: { support: 'preferred' } } },
};

const request = { challenge: bytes(`YC${'3'.repeat(32)}`), rpId: 'localhost' };

const requests: Record<string, object> = {
  'no optional member': {},
  'no rpId': { rpId: undefined },
  'a timeout': { timeout: 300_000 },
  'no passkey': { allowCredentials: [] },
  passkeys: {
    allowCredentials: [descriptor, { ...descriptor, id: bytes('x'), transports: ['internal', 'usb'] }],
  },
  ...Object.fromEntries(
    ['required', 'preferred', 'discouraged'].map((userVerification) => [
      `user verification that is ${userVerification}`,
      { userVerification },
    ]),
  ),
  hints: { hints: ['client-device'] },
  'prf by passkey': {
    allowCredentials: [descriptor],
    extensions: { prf: { evalByCredential: { [descriptor.id]: { first: bytes('salt') } } } },
  },
  'a large blob to read': { extensions: { largeBlob: { read: true } } },
  'a large blob to write': {
    allowCredentials: [descriptor],
    extensions: { largeBlob: { write: bytes('blob') } },
  },
};

type Reading = { ours: unknown; theirs: unknown } | undefined;

/** What this package gives the browser for these options, and what the browser makes of the same JSON. */
const readBoth = (page: Page, isNew: boolean, options: object): Promise<Reading> =>
  page.evaluate(
    async ({ isNew: isRegistration, options: published }) => {
      const parse = isRegistration ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON';
      if (!(parse in PublicKeyCredential)) return undefined;
      /** The defaults of WebAuthn's dictionaries, and false: a browser fills them in, or leaves them out. */
      const defaults: Record<string, unknown> = {
        attestation: 'none',
        userVerification: 'preferred',
        excludeCredentials: '[]',
        allowCredentials: '[]',
        hints: '[]',
        attestationFormats: '[]',
        authenticatorSelection: '{}',
        extensions: '{}',
        transports: '[]',
      };
      const comparable = (value: unknown): unknown => {
        const isView = ArrayBuffer.isView(value);
        if (isView || value instanceof ArrayBuffer) {
          return `bytes ${Array.from(new Uint8Array(isView ? value.buffer : value))}`;
        }
        if (Array.isArray(value)) return value.map(comparable);
        if (typeof value !== 'object' || !value) return value;
        const members = Object.entries(value).flatMap(([name, member]) => {
          const made = comparable(member);
          const isDefault =
            made === false || (name in defaults && [made, JSON.stringify(made)].includes(defaults[name]));
          return made === undefined || isDefault ? [] : [[name, made] as const];
        });
        return Object.fromEntries(members);
      };
      const { create, get } = navigator.credentials;
      let given: unknown;
      const keep = async (asked: { publicKey?: unknown } | undefined) => {
        given = asked?.publicKey;
        throw new DOMException('kept', 'AbortError');
      };
      try {
        navigator.credentials.create = keep;
        navigator.credentials.get = keep;
        await (isRegistration ? sdk.createCredential(published) : sdk.getCredential(published)).catch(
          () => {},
        );
      } finally {
        Object.assign(navigator.credentials, { create, get });
      }
      const theirs = PublicKeyCredential[parse](published as never);
      return { ours: comparable(given), theirs: comparable(theirs) };
    },
    { isNew, options },
  );

/** The extensions that a browser does not know are missing from what it reads. It ignores them in a ceremony too. */
function withoutUnknown({ ours, theirs }: NonNullable<Reading>) {
  const extensionsOf = (options: unknown) => (options as { extensions?: object }).extensions;
  const known = Object.keys(extensionsOf(theirs) ?? {});
  const kept = Object.entries(extensionsOf(ours) ?? {}).filter(([name]) => known.includes(name));
  const { extensions: _, ...rest } = ours as { extensions?: object };
  return kept.length > 0 ? { ...rest, extensions: Object.fromEntries(kept) } : rest;
}

for (const [what, isNew, common, rows] of [
  ['creation', true, creation, creations],
  ['request', false, request, requests],
] as const) {
  test(`the browser reads ${what} options of every shape as this package does`, async ({ page, visit }) => {
    await visit();
    for (const [shape, members] of Object.entries(rows)) {
      const read = await readBoth(page, isNew, { ...common, ...members });
      test.skip(read === undefined, `This browser does not parse ${what} options from JSON.`);
      expect(withoutUnknown(read!), shape).toEqual(read!.theirs);
      expect(read!.theirs, shape).toHaveProperty('challenge');
    }
  });
}

test('this package reads some options otherwise than the browser, each on purpose', async ({
  page,
  visit,
}) => {
  await visit();
  const long = await readBoth(page, false, { ...request, timeout: 600_000 });
  test.skip(long === undefined, 'This browser does not parse options from JSON.');
  // Verify's examples show the ten minutes of a Factor in a Challenge, which lives five.
  expect(long).toMatchObject({ ours: { timeout: 300_000 }, theirs: { timeout: 600_000 } });
  // Verify refuses a negative timeout itself. The browser takes it modulo 2^32, as fifty days.
  const negative = await readBoth(page, true, { ...creation, timeout: -1 });
  expect(negative!.ours).not.toHaveProperty('timeout');
  expect(negative!.theirs).toMatchObject({ timeout: 2 ** 32 - 1 });
  // Chromium never answers a name with half a surrogate pair. The browser reads it as U+FFFD, or as it is.
  const user = { ...creation.user, name: 'Ada \u202e', displayName: 'Ada\n' };
  const named = await readBoth(page, true, { ...creation, user });
  expect(named!.ours).toMatchObject({ user: { name: 'Ada', displayName: 'Ada' } });
  expect(named!.theirs).toMatchObject({ user: { name: user.name, displayName: user.displayName } });
  // Verify writes no attestationFormats: its Factors are of the attestation "none".
  const formats = await readBoth(page, true, { ...creation, attestationFormats: ['packed'] });
  expect(formats!.ours).not.toHaveProperty('attestationFormats');
});

test('the browser writes the same credentials as this package, but for what Verify does not take', async ({
  page,
  visit,
}) => {
  await visit();
  const written = await page.evaluate(
    async ({ creation: toCreate, request: toGet }) => {
      const both: [ours: unknown, theirs: unknown][] = [];
      const natives = { create: navigator.credentials.create, get: navigator.credentials.get };
      let made: PublicKeyCredential;
      for (const name of ['create', 'get'] as const) {
        const native = natives[name].bind(navigator.credentials) as (asked: unknown) => Promise<unknown>;
        navigator.credentials[name] = (async (asked: unknown) => {
          made = (await native(asked)) as PublicKeyCredential;
          return made;
        }) as never;
      }
      if (!('toJSON' in PublicKeyCredential.prototype)) return undefined;
      const factor = await sdk.createCredential({
        ...toCreate,
        authenticatorSelection: { residentKey: 'required' },
        extensions: { credProps: true },
      });
      both.push([factor, made!.toJSON()]);
      // With the passkey named, and without: then the browser gives its userHandle.
      for (const allowCredentials of [[{ id: factor.id, type: 'public-key' }], []]) {
        const approval = await sdk.getCredential({ ...toGet, allowCredentials });
        both.push([approval, made!.toJSON()]);
      }
      Object.assign(navigator.credentials, natives);
      return JSON.parse(JSON.stringify(both)) as typeof both;
    },
    { creation, request },
  );
  test.skip(written === undefined, 'The credentials of this browser have no toJSON().');
  expect(written).toHaveLength(3);
  for (const [ours, theirs] of written!) {
    const { clientExtensionResults, authenticatorAttachment, response, ...head } = theirs as {
      clientExtensionResults: object;
      authenticatorAttachment: string | null;
      response: Record<string, unknown>;
    };
    expect(clientExtensionResults).toEqual(expect.any(Object));
    const isNew = 'attestationObject' in response;
    // Verify takes neither the extensions' results nor what attestationObject holds already.
    const { publicKey, publicKeyAlgorithm, authenticatorData, transports, userHandle, ...rest } = response;
    if (isNew) expect({ publicKey, publicKeyAlgorithm }).toMatchObject({ publicKeyAlgorithm: -7 });
    expect(ours).toEqual({
      ...head,
      // Verify requires it, and a browser may give null.
      authenticatorAttachment: authenticatorAttachment ?? 'platform',
      response: {
        ...rest,
        ...(!isNew && { authenticatorData }),
        // Left out if they are empty.
        ...(Array.isArray(transports) && transports.length > 0 && { transports }),
        ...(Boolean(userHandle) && { userHandle }),
      },
    });
  }
});
