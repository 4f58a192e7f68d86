/** Random ways to damage a credential: in a byte, a character, a member, or its whole shape. */
import fc from 'fast-check';
import type { AnyCredential } from '../credential.ts';
import { decode, encode, join } from '../software-authenticator.ts';

const names = [
  'id',
  'rawId',
  'type',
  'authenticatorAttachment',
  'response',
  'clientDataJSON',
  'attestationObject',
  'authenticatorData',
  'signature',
  'userHandle',
  'transports',
  'client_data_json',
  'clientDataJson',
  '__proto__',
  'toString',
];

/** Any JSON value. Its keys are often the names of a credential's members. */
export const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, 0, -1, '', 'platform', 'any', 'public-key', {}, []),
    fc.string(),
    fc.base64String(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
  ),
})).value;

/** Damages a text at any place in it. */
const ofText = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([place, bits]) => (text: string) => {
    const bytes = decode(text);
    if (bytes.length > 0) bytes[place % bytes.length]! ^= bits;
    return encode(bytes);
  }),
  fc
    .tuple(fc.nat(), fc.constantFrom('', 'A', 'B', '-', '_', '+', '/', '=', '!', '\n', 'é', '\0'))
    .map(([place, char]) => (text: string) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + char + text.slice(at + 1);
    }),
  fc.nat().map((place) => (text: string) => text.slice(0, place % (text.length + 1))),
  fc.nat().map((place) => (text: string) => encode(decode(text).slice(0, place % (text.length + 1)))),
  fc
    .uint8Array({ minLength: 1, maxLength: 8 })
    .map((more) => (text: string) => encode(join(decode(text), more))),
  fc.constantFrom<(text: string) => unknown>(
    (text) => encode(text),
    (text) => Buffer.from(decode(text)).toString(),
    (text) => Buffer.from(decode(text)).toString('base64'),
    (text) => Buffer.from(decode(text)).toString('hex'),
    (text) => JSON.stringify(text),
    (text) => ({ ...decode(text) }),
    (text) => [...decode(text)],
    () => ({}),
  ),
  json.map((value) => () => value),
);

/** Changes a member of the signed client data. */
const ofClientData = fc
  .tuple(
    fc.constantFrom('type', 'challenge', 'origin', 'crossOrigin'),
    fc.oneof(
      ofText,
      json.map((value) => () => value),
    ),
  )
  .map(([name, change]) => (text: string) => {
    const data = JSON.parse(Buffer.from(decode(text)).toString());
    data[name] = typeof data[name] === 'string' ? change(data[name]) : change('');
    return encode(JSON.stringify(data) ?? '');
  });

type Mutation = (credential: AnyCredential) => unknown;

const inResponse = (name: string, change: (text: string) => unknown): Mutation => {
  return ({ response, ...rest }) =>
    typeof response[name] === 'string'
      ? { ...rest, response: { ...response, [name]: change(response[name]) } }
      : { ...rest, response: { ...response, [name]: change('') } };
};

const members = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
const home = (inside: boolean, change: (object: AnyCredential) => AnyCredential): Mutation =>
  inside ? (body) => ({ ...body, response: change(body.response) }) : change;

/** One change to a credential. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...members), ofText)
      .map(([name, change]) => inResponse(name, change)),
  },
  { weight: 2, arbitrary: ofClientData.map((change) => inResponse('clientDataJSON', change)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('id', 'rawId', 'type', 'authenticatorAttachment'), ofText)
      .map(([name, change]) => (body: AnyCredential) => ({ ...body, [name]: change(body[name]) })),
  },
  // The same wrong bytes in id and rawId, so that only the attestation shows the fault.
  {
    weight: 1,
    arbitrary: ofText.map((change) => (body: AnyCredential) => ({
      ...body,
      id: change(body.id),
      rawId: change(body.id),
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.boolean(), fc.constantFrom(...names), json)
      .map(([inside, name, value]) =>
        home(inside, (object) => Object.fromEntries([...Object.entries(object), [name, value]])),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.boolean(), fc.constantFrom(...names), fc.constantFrom(...names))
      .map(([inside, from, to]) =>
        home(inside, (object) =>
          Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value])),
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.boolean(), fc.constantFrom(...names))
      .map(([inside, name]) => home(inside, ({ [name]: _, ...rest }) => rest)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Mutation>(
      ({ response, ...rest }) => ({ ...rest, ...response }),
      (body) => ({ credential: body }),
      (body) => [body],
      (body) => JSON.stringify(body),
      (body) => ({ ...body, response: JSON.stringify(body.response) }),
      (body) => body.response,
      (body) => body,
    ),
  },
  { weight: 1, arbitrary: json.map((value) => () => value) },
);
