/** A credential with a single corrupted byte is refused, wherever that byte is. */
import { expect, test } from '@playwright/test';
import { createSealable, playVerify } from '../play-verify.ts';
import { createAuthenticator, decode, encode, page } from '../software-authenticator.ts';

async function begin() {
  const storage = createSealable();
  const verify = playVerify({ storage });
  const { authenticator } = await verify.register();
  const factor = await verify.beginFactor();
  const challenge = await verify.beginChallenge();
  storage.seal();
  const fresh = await createAuthenticator();
  const registration = fresh.register(factor.body.options.publicKey.challenge);
  const authentication = await authenticator.sign(challenge.body.options.publicKey.challenge);
  expect(await verify.verifyFactor(registration)).toMatchObject({ status: 200 });
  expect(await verify.approveChallenge(authentication)).toMatchObject({ status: 200 });
  /** The members of a response, and the call that posts the credential with some of them changed. */
  const altered = <R extends object>(route: string, credential: { response: R }) => ({
    response: credential.response,
    send: (changed: object) =>
      verify.post(`/Passkeys/${route}`, { ...credential, response: { ...credential.response, ...changed } }),
  });
  return {
    VerifyFactor: altered('VerifyFactor', registration),
    ApproveChallenge: altered('ApproveChallenge', authentication),
    key: fresh.key,
  };
}

/** Yields the member with one bit flipped, for each byte of the stretch and three bits of each byte. */
function* corrupt(member: string, stretch: Uint8Array | string): Generator<[place: number, member: string]> {
  const bytes = Buffer.from(decode(member));
  const start = bytes.indexOf(stretch as Uint8Array);
  if (start < 0) throw new Error('The member does not contain the bytes to corrupt.');
  for (let at = start; at < start + Buffer.from(stretch as string).length; at++) {
    for (const bit of [0x01, 0x02, 0x40]) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= bit;
      yield [at - start, encode(changed)];
    }
  }
}

/** Posts each corrupted member, and returns the place of the byte and the code of the answer. */
async function collect(
  members: Iterable<[number, string]>,
  post: (member: string) => Promise<{ body: { code?: number; status: unknown } }>,
) {
  const codes: { place: number; code: number | undefined }[] = [];
  for (const [place, member] of members) codes.push({ place, code: (await post(member)).body.code });
  return codes;
}

for (const route of ['VerifyFactor', 'ApproveChallenge'] as const) {
  test(`${route} refuses any corrupted byte of the challenge with 60380, or as unknown`, async () => {
    const { response, send } = (await begin())[route];
    const { challenge } = JSON.parse(Buffer.from(decode(response.clientDataJSON)).toString());
    const codes = await collect(corrupt(response.clientDataJSON, challenge), (clientDataJSON) =>
      send({ clientDataJSON }),
    );
    const unknown = route === 'VerifyFactor' ? 60390 : 60391;
    expect(codes.length).toBe(3 * challenge.length);
    expect(codes.filter(({ code }) => code !== 60380 && code !== unknown)).toEqual([]);
    expect(codes.some(({ code }) => code === unknown)).toBe(true);
  });

  test(`${route} refuses any corrupted byte of the origin with 60380`, async () => {
    const { response, send } = (await begin())[route];
    const codes = await collect(corrupt(response.clientDataJSON, page.origin), (clientDataJSON) =>
      send({ clientDataJSON }),
    );
    expect(codes.length).toBe(3 * page.origin.length);
    expect(codes.filter(({ code }) => code !== 60380)).toEqual([]);
  });

  test(`${route} refuses any corrupted byte of the relying party id's hash with 60382`, async () => {
    const { response, send } = (await begin())[route];
    const [name, signed] =
      'attestationObject' in response
        ? ['attestationObject', response.attestationObject]
        : ['authenticatorData', response.authenticatorData];
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.from(page.rpId)));
    const codes = await collect(corrupt(signed, hash), (member) => send({ [name]: member }));
    expect(codes.length).toBe(96);
    expect(codes.filter(({ code }) => code !== 60382)).toEqual([]);
  });
}

test('ApproveChallenge refuses any corrupted byte of the signature with 60324, or 60381 if it is no longer DER', async () => {
  const { response, send } = (await begin()).ApproveChallenge;
  const length = decode(response.signature).length;
  const codes = await collect(corrupt(response.signature, decode(response.signature)), (signature) =>
    send({ signature }),
  );
  expect(codes.length).toBe(3 * length);
  expect(codes.filter(({ code }) => code !== 60324 && code !== 60381)).toEqual([]);
  expect(codes.filter(({ place }) => place < 2).map(({ code }) => code)).toEqual(Array(6).fill(60381));
});

test('VerifyFactor refuses any corrupted byte of the public key with 60385, or 60387 if it is no longer CBOR', async () => {
  const {
    VerifyFactor: { response, send },
    key,
  } = await begin();
  const codes = await collect(corrupt(response.attestationObject, key), (attestationObject) =>
    send({ attestationObject }),
  );
  expect(codes.length).toBe(3 * key.length);
  expect(codes.filter(({ code }) => code !== 60385 && code !== 60387)).toEqual([]);
  const coordinates = codes.filter(({ place }) => (place >= 10 && place < 42) || place >= 45);
  expect(coordinates.length).toBe(192);
  expect(coordinates.filter(({ code }) => code !== 60385)).toEqual([]);
});

test('ApproveChallenge refuses any corrupted byte of the signed authenticator data', async () => {
  const { response, send } = (await begin()).ApproveChallenge;
  const signed = decode(response.authenticatorData);
  const codes = await collect(corrupt(response.authenticatorData, signed), (authenticatorData) =>
    send({ authenticatorData }),
  );
  expect(codes.length).toBe(111);
  expect(codes.filter(({ code }) => ![60382, 60379, 60324].includes(code!))).toEqual([]);
});
