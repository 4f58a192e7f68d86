/**
 * The mistakes that pages make with a credential as a whole. Each is recognised by its shape, named once, and fixed if
 * that needs no guess, so that the fixed body can be judged further.
 */

import { type Ceremony, theOther } from '../ceremony.ts';
import { type Body, isObject, parse } from '../json.ts';
import { isMadeUpAttachment } from './attachment.ts';
import type { Issue } from './issue.ts';
import { codeOf, findName, nested, pathOf, requiredOf, top } from './member.ts';
import * as sentence from './sentence.ts';
import { kindOf } from './value.ts';

/** An issue, and the body without the mistake, if that can be fixed without a guess. */
export type Mistake = { issue: Issue; fixed?: unknown };

/** A credential, or an object around one, never has more members than this. Further members of a body are ignored. */
const maxMembers = 100;

const keysOf = (object: Body) => Object.keys(object).slice(0, maxMembers);

/** The first mistake of the body as a whole, or undefined if it has a credential's shape. */
export function findMistake(ceremony: Ceremony, body: unknown): Mistake | undefined {
  if (!isObject(body)) return findElsewhere(ceremony, body);
  const response = isObject(body.response) ? body.response : {};
  return (
    findLive(body, response) ??
    findFormKeys(body) ??
    findSimplified(ceremony, body) ??
    findElsewhere(ceremony, body) ??
    findMisspelled(body, response) ??
    findFlat(body, response) ??
    findInResponse(ceremony, body, response) ??
    findOtherCeremony(ceremony, response) ??
    findMadeUpAttachment(body)
  );
}

const mistake = (
  path: string,
  [message, fix]: sentence.Sentences,
  fixed?: unknown,
  code = codeOf(''),
): Mistake => ({ issue: { path, code, message, fix }, fixed });

/** The browser's own object: its members are getters over buffers, and JSON turns it into {}. */
function findLive(body: Body, response: Body): Mistake | undefined {
  const isBuffer = [body.rawId, response.clientDataJSON].some((value) => value instanceof ArrayBuffer);
  return isBuffer ? mistake('', sentence.live) : undefined;
}

/** The keys of a form: response[clientDataJSON] or response.clientDataJSON, which PHP, Rails and qs read as nested. */
function findFormKeys(body: Body): Mistake | undefined {
  const isNested = (key: string) => /^\w+(?:\[\w*\])+$|^response\.\w+$/.test(key) && key.length <= 80;
  const first = keysOf(body).find((key) => isNested(key) && key.split(/\W+/).some(findName));
  if (first === undefined || Object.keys(body).length > maxMembers) return undefined;
  const fixed = Object.entries(body).reduce<Body>(
    (object, [key, value]) =>
      place(object, isNested(key) ? key.replace(/\]$/, '').split(/\]?[[.]/) : [key], value),
    {},
  );
  return mistake('response', sentence.formKeys(first), fixed, codeOf('response'));
}

/** Sets a member at the path that a form's key means. An empty or numbered last name means an item of a list. */
function place(object: Body, [name = '', ...rest]: string[], value: unknown): Body {
  const there = Object.hasOwn(object, name) ? object[name] : undefined;
  const [next, ...further] = rest;
  const isList = next !== undefined && further.length === 0 && /^\d*$/.test(next);
  const inner = isList
    ? [...(Array.isArray(there) ? there : []), value]
    : rest.length > 0
      ? place(isObject(there) ? there : {}, rest, value)
      : value;
  return { ...object, [name]: inner };
}

/** What version 1 of @passwordless-id/webauthn returns. It has no rawId, and usually no attestation. */
function findSimplified(ceremony: Ceremony, body: Body): Mistake | undefined {
  const { clientData, authenticatorData, credential, credentialId, response } = body;
  if (typeof clientData !== 'string' || typeof authenticatorData !== 'string' || response) return undefined;
  const isTheirs = isObject(credential) ? 'publicKey' in credential : typeof credentialId === 'string';
  return isTheirs && !Object.hasOwn(body, 'rawId') ? mistake('', sentence.simplified(ceremony)) : undefined;
}

function findMisspelled(body: Body, response: Body): Mistake | undefined {
  const slips: sentence.Slip[] = [];
  const spell = (object: Body, names: string[]) =>
    Object.fromEntries(
      Object.entries(object).map(([key, value], i) => {
        const name = i < maxMembers ? findName(key) : undefined;
        const isTaken = Object.hasOwn(object, name ?? key) || slips.some((slip) => slip.name === name);
        if (!name || isTaken || !names.includes(name)) return [key, value];
        slips.push({ name, key });
        return [name, value];
      }),
    );
  // A flat body may be misspelled too: without a response, its members are looked for at the top.
  const fixed = spell(body, isObject(body.response) ? top : [...top, ...nested]);
  if (isObject(body.response)) fixed.response = spell(response, nested);
  const first = slips.find(({ name }) => name === 'clientDataJSON') ?? slips[0];
  if (!first) return undefined;
  const path = pathOf(first.name);
  return mistake(path, sentence.misspelled(first, slips), fixed, codeOf(path));
}

/** The credential is somewhere inside the body, in JSON text or some levels too deep, or the body has no credential. */
function findElsewhere(ceremony: Ceremony, body: unknown): Mistake | undefined {
  const found = search(body, '', 4, { left: maxMembers });
  if (found && found.credential === body) return undefined;
  if (found?.path === '') return mistake('', sentence.stringified, found.credential);
  if (found) return mistake(found.path, sentence.elsewhere(found.path), found.credential);
  const keys = isObject(body) ? keysOf(body) : [];
  if (keys.some(findName)) return undefined;
  if (keys.some((key) => ['options', 'publicKey', 'challenge'].includes(key))) {
    return mistake('', sentence.optionsInstead(ceremony));
  }
  const length = typeof body === 'string' ? body.length : 0;
  return mistake('', sentence.noCredential(sentence.describe(kindOf(body), length), ceremony));
}

function search(
  value: unknown,
  path: string,
  depth: number,
  values: { left: number },
): { path: string; credential: unknown } | undefined {
  if (values.left-- <= 0) return undefined;
  const inner = typeof value === 'string' ? parse(value) : value;
  if (typeof inner === 'string' && depth > 0) return search(inner, path, depth - 1, values);
  if (typeof inner !== 'object' || inner === null) return undefined;
  if (isObject(inner) && isCredential(inner)) return { path, credential: inner };
  for (const [key, child] of depth > 0 ? Object.entries(inner).slice(0, 20) : []) {
    // A key may be a credential's id, which no message repeats.
    const name = key.length > 20 ? '*' : key;
    const found = search(child, path ? `${path}.${name}` : name, depth - 1, values);
    if (found) return found;
  }
  return undefined;
}

/** Whether an object has members that only a credential has, in any spelling. */
function isCredential(value: Body): boolean {
  const names = new Set(keysOf(value).map(findName));
  const { response } = value;
  return (
    names.has('rawId') ||
    names.has('clientDataJSON') ||
    (names.has('id') && names.has('response')) ||
    (isObject(response) && keysOf(response).some((key) => findName(key) === 'clientDataJSON'))
  );
}

/** The members of response at the top level. Twilio's own web SDK returns this, the most frequent reason for 60380. */
function findFlat(body: Body, response: Body): Mistake | undefined {
  const found = nested.filter((name) => Object.hasOwn(body, name));
  if (!found[0] || Object.hasOwn(response, 'clientDataJSON')) return undefined;
  const pick = (isMember: boolean) =>
    Object.fromEntries(Object.entries(body).filter(([key]) => found.includes(key) === isMember));
  const fixed = { ...pick(false), response: { ...response, ...pick(true) } };
  return mistake(pathOf(found[0]), sentence.flat(found), fixed);
}

function findInResponse(ceremony: Ceremony, body: Body, response: Body): Mistake | undefined {
  const value = body.response;
  const code = codeOf('response');
  const text = typeof value === 'string' ? parse(value) : undefined;
  if (isObject(text)) {
    return mistake('response', sentence.stringifiedResponse, { ...body, response: text }, code);
  }
  if (isObject(response.response)) {
    return mistake('response', sentence.doubleResponse, { ...body, response: response.response }, code);
  }
  if (typeof value !== 'object' || !value || nested.some((name) => Object.hasOwn(value, name))) {
    return undefined;
  }
  const words = sentence.strangeResponse(sentence.describe(kindOf(value)), ceremony);
  return mistake('response', words, undefined, code);
}

function findMadeUpAttachment(body: Body): Mistake | undefined {
  if (!isMadeUpAttachment(body)) return undefined;
  const path = 'authenticatorAttachment';
  return mistake(path, sentence.madeUpAttachment, { ...body, [path]: 'cross-platform' }, codeOf(path));
}

/** The credential of the other ceremony: cause 3 on Twilio's page about 60380. */
function findOtherCeremony(ceremony: Ceremony, response: Body): Mistake | undefined {
  const own = (of: Ceremony) => requiredOf(of).filter((name) => !requiredOf(theOther[of]).includes(name));
  const isThere = (name: string) => Boolean(response[name]);
  const other = theOther[ceremony];
  const theirs = own(other);
  if (own(ceremony).some(isThere) || !theirs.every(isThere)) return undefined;
  return mistake('response', sentence.otherCeremony(ceremony, other, theirs));
}
