/**
 * The mistakes that pages make with a whole credential: each is recognised by its shape, named once, and mended where
 * that takes no guess, so that what else is wrong can be judged on the mended body.
 */
import { type Ceremony, ceremonies, theOther } from '../ceremony.ts';
import { codes } from './shape.ts';

/** What is wrong with a body, in one sentence each: `message` what was expected and what came, `fix` what to do. */
export type Issue = { path: string; code: number; message: string; fix: string };

/** An issue, and the body without it where it can be mended without a guess. */
export type Mistake = { issue: Issue; mended?: unknown };

export type Body = Record<string, unknown>;

const top = ['id', 'rawId', 'type', 'authenticatorAttachment', 'response'];

/** What stands under response, those that must be there first. */
const members = {
  register: ['clientDataJSON', 'attestationObject', 'transports'],
  authenticate: ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'],
};
export const required = {
  register: members.register.slice(0, 2),
  authenticate: members.authenticate.slice(0, 3),
};
const everyMember = [...new Set([...members.authenticate, ...members.register])];

/** Other words that pages use for a member, beside other cases, dashes and underscores. */
const aliases: Record<string, string> = {
  clientdata: 'clientDataJSON',
  attestation: 'attestationObject',
  authdata: 'authenticatorData',
  sig: 'signature',
  userid: 'userHandle',
  credentialid: 'id',
  attachment: 'authenticatorAttachment',
};

/** The first mistake of the body as a whole, or undefined where it has a credential's shape. */
export function firstMistake(ceremony: Ceremony, body: unknown): Mistake | undefined {
  if (!isObject(body)) return elsewhere(ceremony, body);
  const response = isObject(body.response) ? body.response : {};
  return (
    live(body, response) ??
    misspelled(body, response) ??
    elsewhere(ceremony, body) ??
    flat(body, response) ??
    inResponse(ceremony, body, response) ??
    otherStep(ceremony, response)
  );
}

const mistake = (path: string, message: string, fix: string, mended?: unknown, code = 60380): Mistake => ({
  issue: { path, code, message, fix },
  mended,
});

/** The browser's own object: its members are getters over buffers, and JSON turns it into {}. */
function live(body: Body, response: Body): Mistake | undefined {
  if (![body.rawId, response.clientDataJSON].some((value) => value instanceof ArrayBuffer)) return undefined;
  return mistake(
    '',
    "The body is the browser's live PublicKeyCredential; expected its JSON form, since its ArrayBuffers become {} in JSON.",
    'Use createCredential or getCredential, or call toJSON() on the credential, and send what that gives.',
  );
}

function misspelled(body: Body, response: Body): Mistake | undefined {
  const slips: { path: string; name: string; key: string }[] = [];
  const spell = (object: Body, names: string[], home: string) =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => {
        const bare = key
          .slice(0, 40)
          .replace(/[^a-z]/gi, '')
          .toLowerCase();
        const name = names.find((name) => name.toLowerCase() === bare || name === aliases[bare]);
        if (!name || names.includes(key) || Object.hasOwn(object, name) || key.length > 40)
          return [key, value];
        slips.push({ path: (top.includes(name) ? '' : home) + name, name, key });
        return [name, value];
      }),
    );
  // A flat body may have both faults: without a response, its members are looked for at the top too.
  const mended = spell(body, isObject(body.response) ? top : [...top, ...everyMember], 'response.');
  if (isObject(body.response)) mended.response = spell(response, everyMember, 'response.');
  const [first] = slips;
  if (!first) return undefined;
  const { path, name, key } = slips.find(({ name }) => name === 'clientDataJSON') ?? first;
  return mistake(
    path,
    `${name} is spelled ${key}; expected exactly ${name}.`,
    `Rename ${slips.map((slip) => `${slip.key} to ${slip.name}`).join(', ')}.`,
    mended,
    codes[path],
  );
}

/** The credential stands somewhere within the body, in JSON text or one level too deep; or there is none at all. */
function elsewhere(ceremony: Ceremony, body: unknown): Mistake | undefined {
  const found = search(body, '', 4);
  if (found && found.credential === body) return undefined;
  const { finish } = ceremonies[ceremony];
  if (found?.path === '') {
    return mistake(
      '',
      `The body is a JSON string that holds JSON text; expected the credential as a JSON object: it was encoded twice.`,
      'Call JSON.stringify once, or hand the object to a client that does it for you.',
      found.credential,
    );
  }
  if (found) {
    return mistake(
      found.path,
      `The credential stands under ${found.path}; expected id, rawId and response at the top level of the body.`,
      `Send what stands under ${found.path} as the whole body.`,
      found.credential,
    );
  }
  const has = (names: string[]) => isObject(body) && names.some((name) => Object.hasOwn(body, name));
  if (has([...top, ...everyMember])) return undefined;
  const what = has(['options', 'publicKey', 'challenge']) ? 'the options that Verify sent' : kind(body);
  return mistake(
    '',
    `The body is ${what}; expected the credential as a JSON object.`,
    `Send ${finish} the whole credential that ${maker[ceremony]} resolves to, as application/json.`,
  );
}

const maker = { register: 'createCredential', authenticate: 'getCredential' };

function search(
  value: unknown,
  path: string,
  depth: number,
): { path: string; credential: unknown } | undefined {
  const inner = typeof value === 'string' ? parse(value) : value;
  if (typeof inner === 'string' && depth > 0) return search(inner, path, depth - 1);
  if (typeof inner !== 'object' || inner === null) return undefined;
  if (isCredential(inner as Body)) return { path, credential: inner };
  for (const [key, child] of depth > 0 ? Object.entries(inner).slice(0, 20) : []) {
    // A key may be a credential's id, which no message repeats.
    const name = key.length > 20 ? '*' : key;
    const found = search(child, path ? `${path}.${name}` : name, depth - 1);
    if (found) return found;
  }
  return undefined;
}

const isCredential = (value: Body) =>
  ['rawId', 'clientDataJSON'].some((name) => Object.hasOwn(value, name)) ||
  ['id', 'response'].every((name) => Object.hasOwn(value, name)) ||
  (isObject(value.response) && Object.hasOwn(value.response, 'clientDataJSON'));

/** What Twilio's own web SDK returns, and what 60380 is most often about. */
function flat(body: Body, response: Body): Mistake | undefined {
  const found = everyMember.filter((name) => Object.hasOwn(body, name));
  const [first, ...others] = found;
  if (!first || Object.hasOwn(response, 'clientDataJSON')) return undefined;
  const pick = (isMember: boolean) =>
    Object.fromEntries(Object.entries(body).filter(([key]) => found.includes(key) === isMember));
  const too = others.length > 0 ? `, as do ${others.join(', ')}` : '';
  return mistake(
    `response.${first}`,
    `${first} stands at the top level; it belongs under response${too}.`,
    `Nest ${found.join(', ')} in an object named response, as the browser returned it.`,
    { ...pick(false), response: { ...response, ...pick(true) } },
  );
}

function inResponse(ceremony: Ceremony, body: Body, response: Body): Mistake | undefined {
  const value = body.response;
  const text = typeof value === 'string' ? parse(value) : undefined;
  if (isObject(text)) {
    return mistake(
      'response',
      'response is a string that holds JSON text; expected an object: it was encoded twice.',
      'Call JSON.stringify on the whole credential only, not on response first.',
      { ...body, response: text },
      codes.response,
    );
  }
  if (isObject(response.response)) {
    return mistake(
      'response',
      'response holds another response; expected its members one level higher.',
      'Send response.response as response.',
      { ...body, response: response.response },
      codes.response,
    );
  }
  if (typeof value !== 'object' || !value || everyMember.some((name) => Object.hasOwn(value, name))) {
    return undefined;
  }
  return mistake(
    'response',
    `response is ${kind(value)}; expected an object with ${required[ceremony].join(', ')}.`,
    'Encode the members of response one by one: JSON makes {} of the object that the browser returned.',
    undefined,
    codes.response,
  );
}

/** Cause 3 on the page of 60380. */
function otherStep(ceremony: Ceremony, response: Body): Mistake | undefined {
  const own = (of: Ceremony) => required[of].slice(1).filter((name) => response[name]);
  const theirs = own(theOther[ceremony]);
  if (own(ceremony).length > 0 || theirs.length < required[theOther[ceremony]].length - 1) return undefined;
  return mistake(
    'response',
    `The body is the payload of ${ceremonies[theOther[ceremony]].finish} (it holds ${theirs.join(' and ')}); ${ceremonies[ceremony].finish} expects ${required[ceremony].join(', ')} under response.`,
    `Post this credential to ${ceremonies[theOther[ceremony]].finish}, or send the one that ${maker[ceremony]} resolves to.`,
  );
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, in words that repeat nothing of it. */
export function kind(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return 'binary';
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  return Object.keys(value).length > 0
    ? 'an object'
    : 'an empty object, which is what JSON makes of an ArrayBuffer or a credential';
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
