/**
 * The mistakes that pages make with a whole credential: each is recognised by its shape, named once, and mended where
 * that takes no guess, so that what else is wrong can be judged on the mended body.
 */
import { fromText, toText } from './base64url.ts';
import { codes, type Finding, readClientData } from './judge.ts';
import { ceremony, type Step } from './route.ts';

/** What is wrong with a body, in one sentence each: `message` what was expected and what came, `fix` what to do. */
export type Issue = { path: string; code: number; message: string; fix: string };

/** An issue, and the body without it where it can be mended without a guess. */
export type Mistake = { issue: Issue; mended?: unknown };

type Body = Record<string, unknown>;

const members = {
  register: ['clientDataJSON', 'attestationObject', 'transports'],
  authenticate: ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'],
} as const;

const everyMember: readonly string[] = [...members.register, ...members.authenticate];
const top = ['id', 'rawId', 'type', 'authenticatorAttachment', 'response'];

/** Other words that pages use for a member, beside other cases and underscores. */
const aliases: Record<string, string> = {
  clientdata: 'clientDataJSON',
  clientdatajsonb64: 'clientDataJSON',
  attestation: 'attestationObject',
  attestationobj: 'attestationObject',
  authdata: 'authenticatorData',
  authenticatordatabytes: 'authenticatorData',
  assertionsignature: 'signature',
  sig: 'signature',
  userid: 'userHandle',
  user: 'userHandle',
  credentialid: 'id',
  credentialrawid: 'rawId',
  attachment: 'authenticatorAttachment',
  credentialtype: 'type',
  attestationresponse: 'response',
  assertionresponse: 'response',
  authenticatorresponse: 'response',
};

/** The first mistake of the body as a whole, or undefined where it has a credential's shape. */
export function firstMistake(step: Step, body: unknown): Mistake | undefined {
  if (!isObject(body)) return notAnObject(step, body);
  return (
    live(body) ??
    wrapped(step, body) ??
    misspelled('', top, body) ??
    flat(step, body) ??
    stringified(body) ??
    (isObject(body.response) ? within(step, body, body.response) : undefined)
  );
}

function within(step: Step, body: Body, response: Body): Mistake | undefined {
  const spelled = misspelled('response', everyMember, response);
  if (spelled)
    return spelled.mended ? { ...spelled, mended: { ...body, response: spelled.mended } } : spelled;
  return otherStep(step, response) ?? encodedOtherwise(body, response);
}

function notAnObject(step: Step, body: unknown): Mistake {
  const { finish } = ceremony[step];
  const parsed = typeof body === 'string' ? parse(body) : undefined;
  if (isObject(parsed)) {
    return {
      issue: {
        path: '',
        code: 60380,
        message:
          'The body is a JSON string that holds JSON text; expected the credential as a JSON object: it was encoded twice.',
        fix: 'Call JSON.stringify once, or hand the object to a client that does it for you.',
      },
      mended: parsed,
    };
  }
  return {
    issue: {
      path: '',
      code: 60380,
      message: `The body is ${kind(body)}; expected the credential as a JSON object.`,
      fix: `Send ${finish} the whole credential that createCredential or getCredential resolves to, as application/json.`,
    },
  };
}

/** The browser's own object: its members are getters over buffers, and JSON turns it into {}. */
function live(body: Body): Mistake | undefined {
  const response = isObject(body.response) ? body.response : {};
  if (![body.rawId, response.clientDataJSON].some((value) => value instanceof ArrayBuffer)) return undefined;
  return {
    issue: {
      path: '',
      code: 60380,
      message:
        "The body is the browser's live PublicKeyCredential; expected its JSON form, since its ArrayBuffers become {} in JSON.",
      fix: 'Use createCredential or getCredential, or call toJSON() on the credential, and send what that gives.',
    },
  };
}

function wrapped(step: Step, body: Body): Mistake | undefined {
  if (isObject(body.response) || everyMember.some((name) => Object.hasOwn(body, name))) return undefined;
  for (const [key, value] of Object.entries(body)) {
    const inner = typeof value === 'string' ? parse(value) : value;
    if (key === 'response' || !isObject(inner)) continue;
    if (isObject(inner.response) || Object.hasOwn(inner, 'rawId') || Object.hasOwn(inner, 'clientDataJSON')) {
      return {
        issue: {
          path: key,
          code: 60380,
          message: `The credential stands under ${key}; expected id, rawId and response at the top level of the body.`,
          fix: `Send what stands under ${key} as the whole body.`,
        },
        mended: inner,
      };
    }
    if (Object.hasOwn(inner, 'challenge')) {
      return {
        issue: {
          path: key,
          code: 60380,
          message: `The body is the options that Verify sent (${key}.challenge); expected the credential that the browser made from them.`,
          fix: `Pass the options to ${step === 'register' ? 'createCredential' : 'getCredential'} and send what it resolves to.`,
        },
      };
    }
  }
  return undefined;
}

function misspelled(parent: string, names: readonly string[], object: Body): Mistake | undefined {
  const keys = Object.keys(object).filter((key) => !names.includes(key));
  for (const key of keys) {
    const bare = key.replace(/[^a-z0-9]/gi, '').toLowerCase();
    // A flat body may have both faults: without a response, its members are looked for at the top too.
    const known = parent || isObject(object.response) ? names : [...top, ...everyMember];
    const name = known.find((known) => known.toLowerCase() === bare) ?? aliases[bare];
    if (!name || name === key || !known.includes(name) || Object.hasOwn(object, name)) continue;
    const home = parent || (top.includes(name) ? '' : 'response');
    const path = home ? `${home}.${name}` : name;
    const { [key]: value, ...others } = object;
    return {
      issue: {
        path,
        code: codes[path]!,
        message: `${name} is spelled ${key}; expected exactly ${name}.`,
        fix: `Rename ${key} to ${name}.`,
      },
      mended: { ...others, [name]: value },
    };
  }
  return undefined;
}

/** What Twilio's own web SDK returns, and what 60380 is most often about. */
function flat(step: Step, body: Body): Mistake | undefined {
  const found = everyMember.filter((name) => Object.hasOwn(body, name));
  if (isObject(body.response) && Object.hasOwn(body.response, 'clientDataJSON')) return undefined;
  const [first] = found;
  if (!first) return undefined;
  const mended: Body = {};
  const response: Body = { ...(isObject(body.response) ? body.response : {}) };
  for (const [key, value] of Object.entries(body)) (found.includes(key) ? response : mended)[key] = value;
  const others = found.length > 1 ? `, as do ${found.slice(1).join(', ')}` : '';
  return {
    issue: {
      path: `response.${first}`,
      code: 60380,
      message: `${first} stands at the top level; it belongs under response${others}.`,
      fix: `Nest ${found.join(', ')} in an object named response, as navigator.credentials.${step === 'register' ? 'create' : 'get'} returned it.`,
    },
    mended: { ...mended, response },
  };
}

function stringified(body: Body): Mistake | undefined {
  const response = typeof body.response === 'string' ? parse(body.response) : undefined;
  if (!isObject(response)) return undefined;
  return {
    issue: {
      path: 'response',
      code: codes.response!,
      message: 'response is a string that holds JSON text; expected an object: it was encoded twice.',
      fix: 'Call JSON.stringify on the whole credential only, not on response first.',
    },
    mended: { ...body, response },
  };
}

/** Cause 3 on the page of 60380. */
function otherStep(step: Step, response: Body): Mistake | undefined {
  const has = (name: string) => Boolean(response[name]);
  const isRegistration = has('attestationObject');
  const isAuthentication = has('signature') && has('authenticatorData');
  const other = step === 'register' ? 'authenticate' : 'register';
  if (
    step === 'register'
      ? isRegistration || !isAuthentication
      : isAuthentication || has('signature') || !isRegistration
  )
    return undefined;
  const mine = members[step].slice(0, step === 'register' ? 2 : 3).join(', ');
  const theirs = members[other].slice(1, other === 'register' ? 2 : 3).join(' and ');
  return {
    issue: {
      path: 'response',
      code: 60380,
      message: `The body is the payload of ${ceremony[other].finish} (it holds ${theirs}); ${ceremony[step].finish} expects ${mine} under response.`,
      fix: `Post this credential to ${ceremony[other].finish}, or send the one that navigator.credentials.${step === 'register' ? 'create' : 'get'} returned.`,
    },
  };
}

/** clientDataJSON that is there, under its name, and encoded in some other way than base64url of the browser's bytes. */
function encodedOtherwise(body: Body, response: Body): Mistake | undefined {
  const path = 'response.clientDataJSON';
  const value = response.clientDataJSON;
  const mend = (message: string, fix: string, mended?: string): Mistake => ({
    issue: { path, code: 60380, message, fix },
    ...(mended !== undefined && { mended: { ...body, response: { ...response, clientDataJSON: mended } } }),
  });
  if (isObject(value) && 'challenge' in value) {
    // The browser's exact bytes are lost: what is signed cannot be rebuilt from a parsed object.
    return mend(
      'clientDataJSON is a parsed object; expected the base64url text of the bytes that the browser signed.',
      'Encode response.clientDataJSON as base64url straight from its ArrayBuffer, without parsing it.',
    );
  }
  if (typeof value !== 'string') return undefined;
  if (isObject(parse(value))) {
    return mend(
      'clientDataJSON is decoded text; expected base64url of those bytes.',
      'Encode response.clientDataJSON as base64url; do not decode it to text first.',
      fromText(value),
    );
  }
  const once = decode(value);
  if (once !== undefined && readClientData(once)) {
    return mend(
      'clientDataJSON is encoded twice: its base64url text decodes to base64url text again; expected one encoding.',
      'Encode the ArrayBuffer as base64url once, and leave the string alone after that.',
      once,
    );
  }
  return undefined;
}

/** Puts plain base64, padding and a hex rawId right, which takes no guess; undefined where that is not the fault. */
export function mendEncoding({ path, rule }: Finding, body: unknown): unknown {
  if (!isObject(body)) return undefined;
  const [first = '', second] = path.split('.');
  const inner = body[first];
  if (second !== undefined) {
    const response = isObject(inner) ? mendEncoding({ path: second, rule, code: 0 }, inner) : undefined;
    return response && { ...body, [first]: response };
  }
  if (rule === 'raw id is hex') return { ...body, rawId: body.id };
  if (rule !== 'shape' || typeof inner !== 'string' || !/^[\w+/-]+={0,2}$/.test(inner)) return undefined;
  const mended = inner.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  return mended === inner ? undefined : { ...body, [first]: mended };
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
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return `binary (${value.constructor.name})`;
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decode(base64url: string): string | undefined {
  try {
    return toText(base64url);
  } catch {
    return undefined;
  }
}
