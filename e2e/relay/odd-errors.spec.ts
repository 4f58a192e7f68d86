/** Whatever the app, its store or its fetch throws, the page's answer is the same and the log gets no secret. */
import { inspect } from 'node:util';
import { expect, test } from '@playwright/test';
import { createPasskeys, isPasskeyError, PasskeyError } from 'verify-passkeys';
import { loadMessages } from 'verify-passkeys/messages';
import { type AdminError, createAdmin, type Refused, type RelayConfig } from 'verify-passkeys/relay';
import { createAuthenticator, page } from '../software-authenticator.ts';
import { accountSid, authToken, cookieSecret, serviceSid } from '../world.ts';
import { ada, openBrowser, setUp } from './stage.ts';

const fail = (): never => {
  throw new Error('a trap');
};

/** A Proxy that throws whatever it is asked. */
const trapped = (target: object) =>
  new Proxy(target, new Proxy({}, { get: () => fail }) as ProxyHandler<object>);

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error('gone'), {});
  revoke();
  return proxy;
}

function cyclic(secret: string): Error {
  const error = new Error(secret);
  error.cause = new AggregateError([error], 'around', { cause: error });
  return error;
}

/** An error that holds itself in a list of errors, a hundred at each level. */
function wide(secret: string): Error {
  const error = new AggregateError([], secret);
  error.errors.push(...Array(100).fill(error));
  return error;
}

const withGetter = (name: string) => Object.defineProperty(new Error('odd'), name, { get: fail });
const withValue = (name: string | symbol, value: unknown, isHidden = false) =>
  Object.defineProperty(new Error('odd'), name, { value, enumerable: !isHidden });

class Told extends Error {
  #secret: string;
  constructor(secret: string) {
    super('odd');
    this.#secret = secret;
  }
  get request() {
    return this.#secret;
  }
  override get message() {
    return this.#secret;
  }
  [Symbol.for('nodejs.util.inspect.custom')]() {
    return this.#secret;
  }
}

/** Every odd value, made from a text with all secrets of the call. */
const odd: Record<string, (secret: string) => unknown> = {
  undefined: () => undefined,
  null: () => null,
  'a number': () => 7,
  'a bigint': () => 7n,
  'a symbol': (secret) => Symbol(secret),
  'a text': (secret) => secret,
  'a function': (secret) => Object.assign(() => secret, { secret }),
  'a list': (secret) => [secret],
  'an object without a prototype': (secret) =>
    Object.assign(Object.create(null), { message: secret, secret }),
  // biome-ignore lint/suspicious/noThenProperty: await would call it, and an error must not be awaited.
  'a thenable': (secret) => ({ then: fail, message: secret }),
  'an error that holds itself': cyclic,
  'an error that holds itself a hundred times': wide,
  'a Proxy': () => trapped(new Error('odd')),
  'a Proxy of a function': () => trapped(() => {}),
  'a revoked Proxy': revoked,
  'an error whose cause is a Proxy': () => new Error('odd', { cause: trapped(new Error('odd')) }),
  'an error whose cause is a revoked Proxy': () => new Error('odd', { cause: revoked() }),
  'an error with a Proxy among its errors': () => new AggregateError([trapped({}), revoked()], 'odd'),
  'an error whose list of errors is a Proxy': () => withValue('errors', trapped([])),
  'a frozen error': (secret) => Object.freeze(new Error(secret)),
  'an error whose prototype throws': () => Object.setPrototypeOf(new Error('odd'), trapped({})),
  'an error of another class with getters': (secret) => new Told(secret),
  'a DOMException': (secret) => new DOMException(secret, 'DataCloneError'),
  'a hidden member': (secret) => withValue('request', { headers: secret }, true),
  'a hidden text': (secret) => withValue('request', secret, true),
  'a symbol member': (secret) => withValue(Symbol('request'), secret),
  'a symbol with a secret name': (secret) => withValue(Symbol(secret), 1),
  'a member with a secret name': (secret) => withValue(secret, 1),
  'a Map': (secret) => withValue('headers', new Map([[secret, secret]])),
  'a deep cause': (secret) =>
    new Error('1', { cause: new Error('2', { cause: new Error('3', { cause: new Error(secret) }) }) }),
  'a cause deeper than any log shows': (secret) =>
    ['1', '2', '3', '4', '5'].reduce((cause, text) => new Error(text, { cause }), new Error(secret)),
  'errors in errors': (secret) => new AggregateError([new AggregateError([new Error(secret)])], 'odd'),
  'a cause that is a text': (secret) => new Error('odd', { cause: secret }),
  ...Object.fromEntries(
    ['message', 'stack', 'name', 'code', 'cause', 'errors'].flatMap(
      (name): [string, (s: string) => unknown][] => [
        [`a secret ${name}`, (secret) => withValue(name, secret)],
        [`a ${name} that throws`, () => withGetter(name)],
        [`a ${name} that is a symbol`, () => withValue(name, Symbol('odd'))],
        [`a ${name} that is an object`, (secret) => withValue(name, { toString: fail, secret })],
        [`a ${name} that is undefined`, () => withValue(name, undefined)],
      ],
    ),
  ),
};

type Seam = {
  /** Where the value is thrown, in the relay's settings. */
  relay?: (raise: () => unknown) => Partial<RelayConfig>;
  /** The call of the page during which it is thrown. */
  call: 'Challenges' | 'VerifyFactor' | 'ApproveChallenge' | 'DELETE' | 'broken body' | 'leave';
  /** The code of the answer; undefined if the value is thrown on to the server. */
  code: string | number | undefined;
};

const rejects = (raise: () => unknown) => async () => raise();

const seams: Record<string, Seam> = {
  'fetch throws': {
    relay: (raise) => ({ fetch: raise as never }),
    call: 'Challenges',
    code: 'verify_unreachable',
  },
  'fetch rejects': {
    relay: (raise) => ({ fetch: rejects(raise) as never }),
    call: 'VerifyFactor',
    code: 'verify_unreachable',
  },
  "Verify's body breaks": {
    relay: (raise) => ({
      fetch: async () => new Response(new ReadableStream({ pull: raise as () => void })),
    }),
    call: 'ApproveChallenge',
    code: 'verify_invalid_answer',
  },
  'the store throws as it is read': {
    relay: (get) => ({ storage: { get, set: () => {}, delete: () => {} } }),
    call: 'ApproveChallenge',
    code: 'storage_unavailable',
  },
  'the store rejects as it is written': {
    relay: (raise) => ({ storage: { get: () => undefined, set: rejects(raise), delete: () => {} } }),
    call: 'VerifyFactor',
    code: 'storage_unavailable',
  },
  'the store rejects a deletion': {
    relay: (raise) => ({ storage: { get: () => undefined, set: () => {}, delete: rejects(raise) } }),
    call: 'DELETE',
    code: 'storage_unavailable',
  },
  'identify throws': {
    relay: (raise) => ({ identify: raise as never }),
    call: 'Challenges',
    code: undefined,
  },
  'onApproved rejects': {
    relay: (raise) => ({ onApproved: rejects(raise) as never }),
    call: 'ApproveChallenge',
    code: undefined,
  },
  'onVerified throws': {
    relay: (raise) => ({ onVerified: raise as never }),
    call: 'VerifyFactor',
    code: undefined,
  },
  'onRemove rejects': {
    relay: (raise) => ({ onRemove: rejects(raise) as never }),
    call: 'DELETE',
    code: undefined,
  },
  'the body of the page breaks': { call: 'broken body', code: 60306 },
  'the page leaves with it as the reason': { call: 'leave', code: 'verify_unreachable' },
};

for (const [where, seam] of Object.entries(seams)) {
  test(`if ${where}, no value changes the answer, and the operator is told once and without a secret`, async () => {
    const told: Refused[] = [];
    const stage = setUp();
    let { relay } = stage;
    const browser = openBrowser({ relay: (request) => relay(request) }, ada);
    const passkey = await browser.register();
    const { challenge } = await browser.begin('Challenges');
    const registration = await browser.begin('Factors');
    const bodies = {
      VerifyFactor: (await createAuthenticator()).register(registration.challenge),
      ApproveChallenge: await passkey.sign(challenge),
    };
    for (const [what, make] of Object.entries(odd)) {
      const { call } = seam;
      const body = call === 'VerifyFactor' || call === 'ApproveChallenge' ? bodies[call] : undefined;
      const hidden = [
        ...[accountSid, authToken, cookieSecret, btoa(`${accountSid}:${authToken}`)],
        ...browser.cookies.values(),
        ...(body ? [body.id, ...Object.values(body.response)] : []),
      ].filter((text) => typeof text === 'string');
      const value = make(hidden.join(' '));
      const raise = () => {
        throw value;
      };
      const onRefused = (refused: Refused) => void told.push(refused);
      const request = new AbortController();
      const leaving = () => {
        request.abort(value);
        return new Promise<never>(() => {});
      };
      const change = call === 'leave' ? { fetch: leaving } : seam.relay?.(raise);
      const changed = stage.again({ onRefused, ...change });
      relay = call === 'leave' ? (each) => changed(new Request(each, { signal: request.signal })) : changed;
      const play = () => {
        if (call === 'DELETE') return browser.send('DELETE', `Factors/${passkey.sid}`);
        if (call === 'broken body') return browser.post('VerifyFactor', new ReadableStream({ pull: raise }));
        if (call === 'leave' || call === 'Challenges') return browser.post('Challenges', {});
        return browser.post(call, bodies[call]);
      };
      const answer = await play().then(
        (reply) => reply.body.code,
        (error) => Object.is(error, value) && 'thrown on',
      );
      const seen = inspect(told, { depth: 20, showHidden: true, getters: true });
      expect(
        {
          answer,
          told: told.splice(0).map(({ code }) => code),
          secrets: hidden.filter((secret) => seen.includes(secret)),
        },
        what,
      ).toEqual({ answer: seam.code ?? 'thrown on', told: [seam.code ?? 'app_error'], secrets: [] });
      // Some calls have ended what they finish at Verify, and the next one needs another.
      relay = stage.relay;
      if (where === 'the store rejects a deletion') passkey.sid = (await browser.register()).sid;
      if (where === 'onApproved rejects') {
        bodies.ApproveChallenge = await passkey.sign((await browser.begin('Challenges')).challenge);
      }
    }
  });
}

test('an onRefused that throws any value, at once or later, changes nothing', async () => {
  let value: unknown;
  const raise = (): never => {
    throw value;
  };
  const stage = setUp();
  for (const onRefused of [raise, async () => raise(), () => value as never]) {
    const browser = openBrowser({ relay: stage.again({ onRefused }) });
    for (const [what, make] of Object.entries(odd)) {
      value = make('secret');
      expect((await browser.post('Factors', {})).body.code, what).toBe('not_signed_in');
    }
  }
});

test('an admin rejects with an AdminError without a secret, whatever was thrown', async () => {
  for (const [what, make] of Object.entries(odd)) {
    const secret = `${authToken} ${btoa(`${accountSid}:${authToken}`)}`;
    const raise = async () => {
      throw make(secret);
    };
    const admin = createAdmin({ serviceSid, accountSid, authToken, storage: new Map(), fetch: raise });
    const error = await admin.list(ada).catch((caught: unknown) => caught);
    const { name, code } = error as AdminError;
    const isSecretTold = inspect(error, { depth: 20, showHidden: true, getters: true }).includes(authToken);
    expect([name, code, isSecretTold], what).toEqual(['AdminError', 'verify_unreachable', false]);
  }
});

test('tell and isPasskeyError take any value, and the page hears unreachable whatever its fetch throws', async () => {
  const { tell } = await loadMessages(['en']);
  const base = `${page.origin}/passkeys`;
  for (const [what, make] of Object.entries(odd)) {
    const value = make('secret');
    const raise = async () => {
      throw value;
    };
    const passkeys = createPasskeys({ baseUrl: base, fetch: raise });
    const error = await passkeys.list().catch((caught: unknown) => caught);
    expect(
      {
        isPasskeyError: isPasskeyError(value),
        heard: error instanceof PasskeyError && error.code,
        offer: tell(value).offer,
        // A member of an error may be as odd as the error.
        offerForCode: tell({ code: value }).offer,
        rejection: tell({ code: 'rejected', rejection: value }).what,
        rejectionCode: tell({ code: 'rejected', rejection: { code: value } }).what,
        retryAfter: tell({ code: 'rate_limited', retryAfter: value }).next,
      },
      what,
    ).toEqual({
      isPasskeyError: false,
      heard: 'unreachable',
      offer: ['reload'],
      offerForCode: ['reload'],
      rejection: 'This passkey was not accepted.',
      rejectionCode: 'This passkey was not accepted.',
      retryAfter: expect.stringMatching(/again/),
    });
  }
});
