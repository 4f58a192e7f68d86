/** The check returns issues for any value, and never throws or changes the value. */
import { expect, test } from '@playwright/test';
import { checkAuthentication, checkRegistration } from 'verify-passkeys';
import { type AnyCredential, authentication, registration } from '../credential.ts';

const throwing = () => {
  throw new Error('nobody reads this');
};
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const cyclic: AnyCredential = {};
cyclic.response = cyclic;

const hostile: [string, (good: AnyCredential) => unknown][] = [
  [
    'a getter that throws',
    (good) => ({
      ...good,
      get id() {
        return throwing();
      },
    }),
  ],
  [
    'a response whose getter throws',
    (good) => ({
      ...good,
      response: {
        get clientDataJSON() {
          return throwing();
        },
      },
    }),
  ],
  ['a revoked proxy', revoked],
  ['a revoked proxy as response', (good) => ({ ...good, response: revoked() })],
  ['a proxy without keys', (good) => new Proxy(good, { ownKeys: throwing })],
  ['members that are inherited', (good) => Object.create(good)],
  ['a response whose members are inherited', (good) => ({ ...good, response: Object.create(good.response) })],
  ['members under __proto__', (good) => JSON.parse(`{"__proto__":${JSON.stringify(good)}}`)],
  [
    'a response with __proto__',
    ({ response, ...good }) =>
      JSON.parse(
        `{${JSON.stringify(good).slice(1, -1)},"response":{"__proto__":${JSON.stringify(response)}}}`,
      ),
  ],
  [
    'a getter that changes between two reads',
    (good) => {
      let reads = 0;
      return {
        ...good,
        get id() {
          return reads++ === 0 ? '' : good.id;
        },
      };
    },
  ],
  ['a body that contains itself', () => cyclic],
  ['a symbol', () => Symbol('credential')],
  ['a function', () => throwing],
  ['a bigint', () => 1n],
  ['a Map', (good) => new Map(Object.entries(good))],
  ['a Date', () => new Date()],
  ['an object without prototype', () => Object.create(null)],
  ['a million levels of JSON', () => '['.repeat(1_000_000)],
  [
    'a thousand levels of objects',
    (good) => {
      let body = good;
      for (let level = 0; level < 1000; level++) body = { body };
      return body;
    },
  ],
];

for (const [name, check, good] of [
  ['checkRegistration()', checkRegistration, registration],
  ['checkAuthentication()', checkAuthentication, authentication],
] as const) {
  for (const [what, make] of hostile) {
    test(`${name} answers ${what} with an issue and never throws`, () => {
      const issues = check(make(good));
      expect(issues.length).toBeGreaterThan(0);
      expect(issues[0]).toMatchObject({ code: expect.any(Number), message: expect.any(String) });
    });
  }

  test(`${name} never throws, whatever it is told to expect`, () => {
    for (const expected of [null, 'challenge', 1, { origin: 1 }, { challenge: {} }, { rpId: null }]) {
      expect(Array.isArray(check(good, expected as never))).toBe(true);
    }
  });

  test(`${name} leaves the body and Object.prototype unchanged`, () => {
    const { response, ...head } = structuredClone(good) as AnyCredential;
    const flat = JSON.stringify({ ...head, ...response });
    for (const text of [JSON.stringify(good), flat, `{"__proto__":{"polluted":1},${flat.slice(1)}`]) {
      const body = JSON.parse(text);
      check(body);
      expect(body).toStrictEqual(JSON.parse(text));
    }
    expect(({} as AnyCredential).polluted).toBeUndefined();
  });

  test(`${name} answers bodies with twenty thousand members or items, and looks at few of them`, () => {
    const many = (nameOf: (i: number) => string) =>
      Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [nameOf(i), 'x']));
    const { response, ...head } = good;
    const texts = Array.from({ length: 300 }, () => JSON.stringify(Array(300).fill('"a"')));
    const bodies: AnyCredential[] = [
      { ...head, ...many((i) => `response[a${i}]`), 'response[clientDataJSON]': 'x' },
      { ...head, ...many((i) => `response[transports][${i}]`) },
      many((i) => `raw_id_${i}`),
      { ...good, response: { ...response, ...many((i) => `a${i}`), clientDataJSON: 1 } },
      { ...good, response: { ...response, clientDataJSON: Array(20_000).fill(1) } },
      { body: texts },
    ];
    for (const body of bodies) expect(check(body)).not.toEqual([]);
    const long = Array(20_000).fill('usb');
    const issues = checkRegistration({
      ...registration,
      response: { ...registration.response, transports: long },
    });
    expect(issues).toMatchObject([
      { path: 'response.transports', message: expect.stringMatching(/is an array;/) },
    ]);
  });

  test(`${name} answers texts of 300,000 characters on which a backtracking pattern would run for minutes`, () => {
    const heads = ['A', '=', '+', '0a', '-', '{', '"', '_A', 'é'];
    const tails = ['', '=', '==', '!', '=!', 'A'];
    for (const text of heads.flatMap((head) => tails.map((tail) => head.repeat(300_000) + tail))) {
      const { response } = good;
      const bodies: AnyCredential[] = [
        text,
        { ...good, id: text },
        { ...good, authenticatorAttachment: text },
        { ...good, response: { ...response, clientDataJSON: text } },
        { [text]: good },
        { ...good, response: text },
      ];
      for (const body of bodies) expect(check(body)).not.toEqual([]);
    }
  });
}
