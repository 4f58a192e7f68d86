/** Bodies of at most 64 KiB that are expensive to refuse. Each kind stresses a different part of the relay. */

const maxBodyBytes = 65_536;

const encode = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url');

/** The longest body of a kind, with as many units as fit. */
function fill(make: (filling: string) => object, unit: string): string {
  const write = (units: number) => JSON.stringify(make(unit.repeat(units)));
  let [least, most] = [0, Math.floor(maxBodyBytes / unit.length)];
  while (least < most) {
    const middle = (least + most + 1) >> 1;
    if (Buffer.byteLength(write(middle)) <= maxBodyBytes) least = middle;
    else most = middle - 1;
  }
  return write(least);
}

const clientData = (type: string, sid: string, more = {}) =>
  encode(JSON.stringify({ type, challenge: encode(sid), origin: 'https://login.example.com', ...more }));

const head = { id: 'AAAA', rawId: 'AAAA', authenticatorAttachment: 'platform', type: 'public-key' };

/** A CBOR list of one-byte items, as long as fits into a body. */
const cborOf = (byte: number) =>
  encode(Buffer.concat([Buffer.from([0x9a, 0, 0, 0xbd, 0x70]), Buffer.alloc(48_496, byte)]));

export type ExpensiveBody = { what: string; route: 'VerifyFactor' | 'ApproveChallenge'; body: string };

/** Bodies that name these ceremonies, as a browser that began them would send. */
export function expensiveBodies(factorSid: string, challengeSid: string): ExpensiveBody[] {
  const register = (response: object) => ({
    ...head,
    response: { clientDataJSON: clientData('webauthn.create', factorSid), ...response },
  });
  const sign = (response: object) => ({
    ...head,
    response: {
      clientDataJSON: clientData('webauthn.get', challengeSid),
      authenticatorData: encode(new Uint8Array(37)),
      signature: encode(new Uint8Array(64)),
      ...response,
    },
  });
  const attestation = (what: string, attestationObject: string): ExpensiveBody => ({
    what: `an attestation ${what}`,
    route: 'VerifyFactor',
    body: JSON.stringify(register({ attestationObject })),
  });
  const made = (what: string, make: (filling: string) => object, unit: string): ExpensiveBody => ({
    what,
    route:
      'response' in make('') && 'attestationObject' in (make('') as { response: object }).response
        ? 'VerifyFactor'
        : 'ApproveChallenge',
    body: fill(make, unit),
  });
  return [
    attestation('of empty CBOR texts', cborOf(0x60)),
    attestation('of empty CBOR lists', cborOf(0x80)),
    attestation('of empty CBOR maps', cborOf(0xa0)),
    attestation('of zeros', encode(Buffer.alloc(48_500))),
    made('an attestation in padded base64', (x) => register({ attestationObject: `${x}==` }), '+/'),
    made('an attestation in hex', (x) => register({ attestationObject: x }), 'ab'),
    made(
      'client data of almost the greatest length',
      (x) =>
        register({
          clientDataJSON: clientData('webauthn.create', factorSid, { x: x.slice(0, 5900) }),
          attestationObject: x,
        }),
      '{[',
    ),
    made(
      'a list of transports',
      (x) => register({ attestationObject: 'AAAA', transports: x.split('-').slice(0, 480) }),
      '1-',
    ),
    made('an id that differs from rawId', (x) => ({ ...sign({}), id: x, rawId: `${x}AAAA` }), 'AAAA'),
    made('authenticator data in hex', (x) => sign({ authenticatorData: x }), '41'),
    made('a signature', (x) => sign({ signature: x }), 'MAAA'),
    made('a user handle', (x) => sign({ userHandle: x }), 'WUVZ'),
    made(
      'misspelled members',
      (x) => ({
        ...Object.fromEntries(
          x
            .split('-')
            .slice(0, 400)
            .map((word, i) => [`_${word}${i}`, 0]),
        ),
        ...sign({}),
      }),
      'type-',
    ),
    {
      what: 'a credential as JSON text',
      route: 'ApproveChallenge',
      body: JSON.stringify(JSON.stringify(sign({ signature: 'A'.repeat(60_000) }))),
    },
    { what: 'nested lists', route: 'ApproveChallenge', body: '['.repeat(32_768) + ']'.repeat(32_768) },
  ];
}
